import { describe, expect, it } from "vitest";
import { withParameters } from "../../state/url";
import { dayIn, lastMoment, monthsBefore } from "./period";

const period = { since: null, until_is: "asked" as const, first_event: null, newest_event: null };

describe("days", () => {
  it("are those of the brand's zone", () => {
    expect(dayIn("2018-08-31T22:30:00Z", "Europe/Paris")).toBe("2018-09-01");
    expect(dayIn("2018-08-31T22:30:00Z", "America/Sao_Paulo")).toBe("2018-08-31");
    expect(dayIn("2018-08-31T22:30:00Z", "Mars/Olympus")).toBe("2018-08-31");
    expect(dayIn("never", "UTC")).toBe("");
  });
  it("go back by months and stop at a shorter month's end", () => {
    expect(monthsBefore("2018-08-29", 12)).toBe("2017-08-29");
    expect(monthsBefore("2018-05-31", 3)).toBe("2018-02-28");
    expect(monthsBefore("2024-03-31", 1)).toBe("2024-02-29");
    expect(monthsBefore("2018-01-15", 1)).toBe("2017-12-15");
  });
  it("of a period that ends at midnight are those before it", () => {
    const asked = lastMoment({ ...period, until: "2018-06-30T22:00:00Z" });
    expect(dayIn(asked, "Europe/Paris")).toBe("2018-06-30");
    const open = { ...period, until: "2018-06-30T22:00:00Z", until_is: "now" as const };
    expect(dayIn(lastMoment(open), "Europe/Paris")).toBe("2018-07-01");
  });
});

describe("address", () => {
  it("keeps what it is not asked to change, and drops what is empty", () => {
    expect(withParameters("http://shop/?lang=fr&since=2017-01-01", { since: "", level: "3" })).toBe("/?lang=fr&level=3");
  });
});
