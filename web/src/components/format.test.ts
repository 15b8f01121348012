import { describe, expect, it } from "vitest";
import { localeOf, makeFormatter } from "./format";

const en = makeFormatter("en-GB", "EUR", "Europe/Paris");
const fr = makeFormatter("fr-FR", "EUR", "Europe/Paris");
const kWide = "\u00a0";

describe("values with their unit", () => {
  it("writes a share as a percentage, with the locale's comma and space", () => {
    expect(en.value(0.5517, "share")).toBe("55.2%");
    expect(fr.value(0.5517, "share")).toBe(`55,2${kWide}%`);
  });
  it("writes money in the brand's currency", () => {
    expect(en.value(58.42, "money")).toBe("€58.42");
    expect(fr.money(1428602.81, "BRL")).toBe(`1${kWide}428${kWide}602,81${kWide}R$`);
    expect(en.value(378561.6, "money")).toBe("€378,562");
  });
  it("writes times, counts and rates", () => {
    expect(en.value(21.54, "hours")).toBe("21.5 hrs");
    expect(fr.value(74.2, "days")).toBe(`74,2${kWide}jours`);
    expect(en.value(8225, "count")).toBe("8,225");
    expect(en.value(14.23, "per_1000")).toBe("14.2");
    expect(en.value(2, "ratio")).toBe("2.00");
  });
  it("has no minus before a zero", () => expect(en.value(-0, "score")).toBe("0"));
  it("writes plain amounts where there is no currency", () => expect(makeFormatter("en", "", "UTC").money(1)).toBe("1.00"));
  it("gives a currency without cents none", () => {
    const yen = makeFormatter("en", "JPY", "UTC");
    expect([yen.value(58, "money"), yen.money(58)]).toEqual(["¥58", "¥58"]);
  });
});

describe("intervals", () => {
  it("writes both ends", () => {
    expect(fr.range(0.541, 0.562, "share")).toMatch(/^54,1.*56,2\s%$/);
    expect(en.range(-3.2, 12, "score")).toMatch(/-3\.2.*12/);
  });
  it("writes one figure where both ends read the same", () => {
    expect(en.range(0.55171, 0.55172, "share")).toBe("55.2%");
  });
});

describe("dates", () => {
  it("cuts days in the brand's zone, not in the browser's", () => {
    expect(en.day("2018-08-31T22:30:00Z")).toBe("1 Sept 2018");
    expect(makeFormatter("en-GB", "EUR", "America/Sao_Paulo").day("2018-08-31T22:30:00Z")).toBe("31 Aug 2018");
  });
  it("names a month as written, whatever the zone", () => {
    const west = makeFormatter("fr-FR", "BRL", "America/Sao_Paulo");
    expect(west.month("2017-01")).toBe("janvier 2017");
  });
  it("survives a zone that is none and a date that is none", () => {
    expect(makeFormatter("en-GB", "EUR", "Mars/Olympus").day("2018-08-31T22:30:00Z")).toBe("31 Aug 2018");
    expect(en.day("soon")).toBe("soon");
  });
});

describe("locale", () => {
  it("takes the reader's region of the page's language", () => {
    expect(localeOf("fr", ["en-US", "fr-BE"])).toBe("fr-BE");
    expect(localeOf("en", ["fr-FR"])).toBe("en-GB");
    expect(localeOf("fr", ["fr"])).toBe("fr-FR");
  });
});
