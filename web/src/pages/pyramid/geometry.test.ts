import { describe, expect, it } from "vitest";
import { fillOf, kLevels, kRow, kWidth, shownScore, stones, strengthOf } from "./geometry";

describe("stones", () => {
  const all = stones();
  it("are six, the first at the foot", () => {
    expect(all.map((stone) => stone.level)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(all[0]?.bottom).toBe(kRow * kLevels);
    expect(all[5]?.top).toBe(0);
  });
  it("lie on each other without a gap, each narrower than the one below", () => {
    for (let index = 1; index < all.length; ++index) {
      const [below, here] = [all[index - 1]!, all[index]!];
      expect(here.bottom).toBe(below.top);
      expect(here.right - here.left).toBeLessThan(below.right - below.left);
    }
  });
  it("stay inside the drawing", () => {
    for (const stone of all) {
      expect(stone.left).toBeGreaterThanOrEqual(0);
      expect(stone.right).toBeLessThanOrEqual(kWidth);
      const numbers = stone.outline.match(/-?\d+(\.\d+)?/g)!.map(Number);
      const ys = numbers.filter((_, index) => index % 2 === 1);
      expect(Math.min(...ys)).toBeGreaterThanOrEqual(stone.top);
      expect(Math.max(...ys)).toBeLessThanOrEqual(stone.bottom);
    }
  });
  it("look the same each time", () => expect(stones()).toEqual(all));
});

describe("fill", () => {
  it("is full at 70 and stays full above", () => {
    expect(fillOf(35)).toBe(0.5);
    expect(fillOf(70)).toBe(1);
    expect(fillOf(100)).toBe(1);
  });
  it("is empty for nothing, for what is not measured and for less than nothing", () => {
    expect(fillOf(0)).toBe(0);
    expect(fillOf(null)).toBe(0);
    expect(fillOf(-5)).toBe(0);
  });
  it("tells an unmeasured level from one at 0", () => {
    expect(strengthOf(null)).toBe("none");
    expect(strengthOf(0)).toBe("weak");
    expect(strengthOf(35)).toBe("building");
    expect(strengthOf(69.99)).toBe("building");
    expect(strengthOf(70)).toBe("strong");
  });
  it("never writes the 70 that was not reached", () => {
    expect(shownScore(69.9)).toBe(69);
    expect(shownScore(70)).toBe(70);
    expect(shownScore(54.6)).toBe(55);
  });
});
