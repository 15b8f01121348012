import { describe, expect, it } from "vitest";
import type { TrendPoint } from "../api/types";
import { domainOf, layOut, nearest, niceTicks, placeOf, runs } from "./trend";

const point = (month: string, value: number | null, half = 0.05): TrendPoint =>
  ({ month, value, n: 10, low: value === null ? null : value - half, high: value === null ? null : value + half });

const kBox = { width: 400, height: 120, left: 40, right: 10, top: 10, bottom: 20 };
const year = Array.from({ length: 12 }, (_, index) =>
  point(`2017-${String(index + 1).padStart(2, "0")}`, index === 5 ? null : 0.5 + index / 100));

describe("trend", () => {
  it("breaks where a month has no value", () => {
    expect(runs(year)).toEqual([[0, 1, 2, 3, 4], [6, 7, 8, 9, 10, 11]]);
    const trend = layOut(year, kBox, true);
    expect(trend.line.match(/M/g)).toHaveLength(2);
    expect(trend.band.match(/Z/g)).toHaveLength(2);
  });
  it("uses the whole width and draws more as higher", () => {
    const trend = layOut(year, kBox, true);
    expect(trend.x[0]).toBe(40);
    expect(trend.x[11]).toBe(390);
    expect(trend.y(0.6)).toBeLessThan(trend.y(0.5));
  });
  it("shows a month that stands alone, and one month only", () => {
    expect(layOut([point("2017-01", 0.5), point("2017-02", null), point("2017-03", 0.6)], kBox, true).lonely).toEqual([0, 2]);
    expect(layOut([point("2017-01", 0.5)], kBox, true).x).toEqual([215]);
  });
  it("bears having nothing", () => {
    const nothing = layOut([], kBox, true);
    expect(nothing.line).toBe("");
    expect(layOut([point("2017-01", null)], kBox, true).line).toBe("");
  });
  it("bears months without an interval, all equal", () => {
    const flat = [1, 2, 3].map((month) => ({ month: `2017-0${month}`, value: 7, n: 1, low: null, high: null }));
    const [low, high] = domainOf(flat, true);
    expect(low).toBeLessThan(7);
    expect(high).toBeGreaterThan(7);
    expect(layOut(flat, kBox, true).line).not.toContain("NaN");
  });
  it("lets one wild interval not flatten the rest", () => {
    const wild = [point("2016-12", 0.55, 0.45), ...year];
    const [low, high] = domainOf(wild, true);
    expect(high - low).toBeLessThan(0.4);
  });
  it("goes below zero only where the unit does", () => {
    const near = [point("2017-01", 0.01, 0.05), point("2017-02", 0.02, 0.05)];
    expect(domainOf(near, true)[0]).toBe(0);
    expect(domainOf(near, false)[0]).toBeLessThan(0);
  });
  it("has round ticks inside", () => {
    expect(niceTicks(0.52, 0.91)).toEqual([0.6, 0.7, 0.8, 0.9]);
    expect(niceTicks(-12, 33)).toEqual([0, 20]);
    expect(niceTicks(5, 5)).toEqual([5]);
  });
  it("finds the month under the pointer", () => {
    expect(nearest([0, 10, 20], 14)).toBe(1);
    expect(nearest([0, 10, 20], 900)).toBe(2);
  });
});

describe("track", () => {
  it("runs from floor to target whichever way is better", () => {
    expect(placeOf(0.76, 0.6, 0.92)).toBeCloseTo(0.5);
    expect(placeOf(12.5, 24, 1)).toBeCloseTo(0.5);
    expect(placeOf(30, 24, 1)).toBe(0);
    expect(placeOf(0.99, 0.6, 0.92)).toBe(1);
    expect(placeOf(1, 1, 1)).toBe(0);
  });
});
