import { describe, expect, it } from "vitest";
import type { LiveEvent, LiveSnapshot } from "../../api/live_types";
import { addCounts, addLines, filtered, fromSnapshot, idOf, kLinesMax, minuteOf, pace, sum, type Line } from "./live_state";
import { isEmptyMend, kNoMend, toMend, valueOf } from "./mend";

const event = (id: string, more: Partial<LiveEvent> = {}): Line => ({
  type: "event",
  event: {
    id, at: "2026-01-01T00:00:00Z", source: "shop", source_id: "1", kind: "Page Viewed", message_id: "m", who: "user_id=7",
    identifiers: ["user_id=7"], fate: "kept", reason: "", field: "", set_apart: [], undeclared_kind: false, undeclared: [],
    seq: "1", library: "", properties: { path: "/cart" }, is_cut: false, ...more,
  },
});
const away = (id: string): Line => ({ type: "turned_away", away: { id, at: "2026-01-01T00:00:00Z", key_hint: "cw_x", reason: "no such key", client: "1.2.3.4" } });
const second = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
const counts = (n: number, kept: number, source = "1", turned_away = 0) => ({
  at: second(n), sources: [{ source: `s${source}`, source_id: source, kept, already_there: 1, refused: 2 }], turned_away, shown: 1, not_shown: 0,
});
const empty: LiveSnapshot = { events: [], turned_away: [], counts: { at: second(0), sources: [], turned_away: 0, shown: 0, not_shown: 0 }, sources: [] };

describe("lines", () => {
  it("are newest first, each once, and no more than are remembered", () => {
    const lines = addLines(addLines([], [event("9"), away("11"), event("10")]), [event("10"), event("12"), event("12")]);
    expect(lines.map(idOf)).toEqual(["12", "11", "10", "9"]);
    const many = Array.from({ length: 700 }, (_, index) => event(String(1000 + index)));
    expect(addLines(lines, many)).toHaveLength(kLinesMax);
    expect(idOf(addLines(lines, many)[0] as Line)).toBe("1699");
  });
  it("are found by source, fate and words", () => {
    const lines = [
      event("1"), event("2", { fate: "refused", reason: "no time", field: "timestamp" }), event("3", { source_id: "2", set_apart: ["bot"] }),
      event("4", { undeclared: ["colour"] }), away("5"),
    ];
    const found = (filter: object) => filtered(lines, { source: "", fate: "", text: "", ...filter }).map(idOf);
    expect(found({})).toHaveLength(5);
    expect(found({ source: "2" })).toEqual(["3"]);
    expect(found({ fate: "refused" })).toEqual(["2"]);
    expect(found({ fate: "set_apart" })).toEqual(["3"]);
    expect(found({ fate: "undeclared" })).toEqual(["4"]);
    expect(found({ fate: "turned_away" })).toEqual(["5"]);
    expect(found({ text: "NO TIME" })).toEqual(["2"]);
    expect(found({ text: "/cart", fate: "kept" })).toEqual(["1", "3", "4"]);
    expect(found({ text: "such key" })).toEqual(["5"]);
  });
});

describe("counts", () => {
  it("move on second by second, with nothing in the seconds that were missed", () => {
    let state = fromSnapshot(empty);
    state = addCounts(state, counts(1, 10));
    state = addCounts(state, counts(2, 20, "2", 3));
    state = addCounts(state, counts(5, 30));
    state = addCounts(state, counts(5, 99));
    const minute = minuteOf(state);
    expect(minute.kept.slice(-5)).toEqual([10, 20, 0, 0, 30]);
    expect(sum(minute.refused)).toBe(6);
    expect(sum(minute.turned_away)).toBe(3);
    expect(state.sources.map((source) => source.source)).toEqual(["s1", "s2"]);
    expect(state.sources[1]?.last_at).toBe(second(2));
    expect(pace(minute)).toBe((60 + 3 + 6) / 5);
    for (const numbers of Object.values(minute)) expect(numbers).toHaveLength(60);
  });
  it("forget what is older than a minute", () => {
    let state = addCounts(fromSnapshot(empty), counts(1, 10));
    state = addCounts(state, counts(60, 1));
    expect(sum(minuteOf(state).kept)).toBe(11);
    state = addCounts(state, counts(61, 1));
    expect(sum(minuteOf(state).kept)).toBe(2);
    state = addCounts(state, counts(500, 1));
    expect(sum(minuteOf(state).kept)).toBe(1);
  });
});

describe("mend", () => {
  it("reads values as what they look like", () => {
    expect([valueOf("12"), valueOf("true"), valueOf("null"), valueOf('{"a":1}'), valueOf('"12"'), valueOf("0012x"), valueOf("{a")])
      .toEqual([12, true, null, { a: 1 }, "12", "0012x", "{a"]);
    expect(valueOf("007")).toBe("007");
  });
  it("joins paths into one patch", () => {
    const mend = toMend({
      renames: [{ from: " userid ", to: "userId" }, { from: "", to: "x" }],
      sets: [{ path: "properties.currency", value: "EUR" }, { path: "properties.total", value: "5" }, { path: "", value: "x" }],
    });
    expect(mend).toEqual({ rename: { userid: "userId" }, merge: { properties: { currency: "EUR", total: 5 } } });
    expect(isEmptyMend(mend)).toBe(false);
    expect(isEmptyMend(toMend(kNoMend))).toBe(true);
  });
});
