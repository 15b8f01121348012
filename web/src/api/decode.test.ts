import { describe, expect, it } from "vitest";
import empty from "../../mock/report.empty.json";
import full from "../../mock/report.en.json";
import french from "../../mock/report.fr.json";
import partial from "../../mock/report.partial.en.json";
import { firstLevel } from "../pages/pyramid/first_level";
import { DecodeError, decodeProblem, decodeReport, decodeSession } from "./decode";

const copy = <T>(value: T): T => structuredClone(value);
/** The fixture as plain fields that a test may spoil. */
const spoilt = (change: (report: Record<string, any>) => void) => {
  const report = copy(full) as Record<string, any>;
  change(report);
  return report;
};
const pathOf = (value: unknown) => {
  try {
    decodeReport(value);
  } catch (error) {
    return error instanceof DecodeError ? error.path : String(error);
  }
  return "";
};

describe("report", () => {
  it("is read whole, in both languages", () => {
    const report = decodeReport(full);
    expect(report.pyramid.levels.map((level) => level.name)).toEqual(["Inform", "Resolve", "Respond", "Anticipate", "Foresee", "Empower"]);
    expect(report.measures.order_csat?.parts).toEqual({ 1: 241, 2: 158, 3: 337, 4: 872, 5: 1263 });
    expect(report.measures.order_csat?.trend).toHaveLength(26);
    expect(decodeReport(french).pyramid.levels[1]?.name).toBe("Résoudre");
  });
  it("keeps what is not known as null, never as 0", () => {
    const report = decodeReport(partial);
    expect(report.pyramid.levels[0]?.score).toBeNull();
    expect(report.measures.ticket_csat).toMatchObject({ enough: false, value: null, low: null, high: null, score: null });
    expect(decodeReport(empty).lateness.groups[0]?.csat).toBeNull();
    expect(decodeReport(empty).pyramid.next.every((step) => step.gain === null)).toBe(true);
  });
  it("reads a missing nullable field as null", () => {
    const report = decodeReport(spoilt((fields) => {
      fields.measures.nps.parts = {};
      delete fields.pyramid.unplaced;
      delete fields.measures.on_time.low;
      delete fields.measures.on_time.trend;
      delete fields.period.since;
      delete fields.lateness.before_delivery;
    }));
    expect(report.measures.on_time).toMatchObject({ low: null, trend: [], parts: null });
    expect(report.measures.nps?.parts).toBeNull();
    expect(report.pyramid.unplaced).toEqual({ customers: 0, value: 0 });
    expect(report.period.since).toBeNull();
    expect(report.lateness.before_delivery).toBeNull();
  });
  it("puts the levels in order", () => {
    const report = decodeReport(spoilt((fields) => fields.pyramid.levels.reverse()));
    expect(report.pyramid.levels.map((level) => level.level)).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it("names the field that is not as it should be", () => {
    expect(pathOf(spoilt((fields) => { fields.pyramid.levels[2].score = "54"; }))).toBe("report.pyramid.levels[2].score");
    expect(pathOf(spoilt((fields) => { delete fields.money.paid; }))).toBe("report.money.paid");
    expect(pathOf(spoilt((fields) => { fields.measures.nps.unit = "points"; }))).toBe("report.measures.nps.unit");
    expect(pathOf(spoilt((fields) => { fields.counts.orders = null; }))).toBe("report.counts.orders");
    expect(pathOf([])).toBe("report");
    expect(pathOf(null)).toBe("report");
  });
});

describe("session and problems", () => {
  it("reads who is signed in", () => {
    const session = { user: { name: "Ada", email: "ada@example.com", role: "owner" }, csrf: "x" };
    expect(decodeSession(session)).toEqual(session);
    expect(() => decodeSession({ user: session.user })).toThrow("session.csrf");
  });
  it("reads a problem document, and makes one of anything else", () => {
    const problem = { type: "/problems/x", title: "Not a date", status: 400, detail: "since", field: "since" };
    expect(decodeProblem(problem, 400)).toEqual(problem);
    expect(decodeProblem("<html>", 502)).toEqual({ type: "about:blank", title: "", status: 502, detail: "", field: null });
    expect(decodeProblem(null, 504).status).toBe(504);
  });
});

describe("the level looked at first", () => {
  it("is the lowest that does not hold", () => {
    expect(firstLevel(decodeReport(full).pyramid.levels)).toBe(2);
    expect(firstLevel(decodeReport(partial).pyramid.levels)).toBe(3);
  });
  it("is the first where nothing is measured, and the top one where all hold", () => {
    expect(firstLevel(decodeReport(empty).pyramid.levels)).toBe(1);
    const all = decodeReport(full).pyramid.levels.map((level) => ({ ...level, score: 90 }));
    expect(firstLevel(all)).toBe(6);
  });
});
