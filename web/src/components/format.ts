/** Figures, money, dates and months as the reader writes them. Pure: locale and zone come in. */
import type { Unit } from "../api/types";

export interface Formatter {
  locale: string;
  /** A measure's value with its unit. */
  value: (value: number, unit: Unit) => string;
  /** Both ends of an interval, the unit once where the locale does so. */
  range: (low: number, high: number, unit: Unit) => string;
  integer: (value: number) => string;
  decimal: (value: number, digits: number) => string;
  percent: (value: number) => string;
  money: (value: number, currency?: string) => string;
  /** Short money for axes and tight places: 1.2M. */
  moneyShort: (value: number) => string;
  /** Axis label. */
  tick: (value: number, unit: Unit) => string;
  day: (iso: string) => string;
  /** Day and time of day. */
  moment: (iso: string) => string;
  month: (month: string) => string;
  monthShort: (month: string) => string;
}

/** BCP 47 tag for a language of the page, with the reader's own region when the browser names one for it. */
export function localeOf(language: string, wanted: readonly string[]): string {
  const regional = wanted.find((tag) => tag.toLowerCase().startsWith(`${language}-`));
  return regional ?? (language === "fr" ? "fr-FR" : "en-GB");
}

function options(unit: Unit, currency: string, largest: number): Intl.NumberFormatOptions {
  switch (unit) {
    case "share": return { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 };
    case "money": return inCurrency(currency, { maximumFractionDigits: largest >= 10_000 ? 0 : 2 });
    case "hours": return { style: "unit", unit: "hour", unitDisplay: "short", maximumFractionDigits: 1 };
    case "days": return { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 1 };
    case "count": return { maximumFractionDigits: 0 };
    case "ratio": return { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    case "score":
    case "per_100":
    case "per_1000": return { maximumFractionDigits: 1 };
  }
}

/** The page's font has no narrow space; a fallback's would be too thin to see. */
const widen = (text: string) => text.replaceAll("\u202f", "\u00a0");

/** A brand that has imported nothing has no currency yet: its amounts are plain numbers. */
function inCurrency(currency: string, wanted: Intl.NumberFormatOptions, plain = wanted): Intl.NumberFormatOptions {
  return /^[A-Za-z]{3}$/.test(currency) ? { style: "currency", currency, ...wanted } : plain;
}

export function makeFormatter(locale: string, currency: string, zone: string): Formatter {
  const cache = new Map<string, Intl.NumberFormat>();
  const numbers = (wanted: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(wanted);
    const known = cache.get(key) ?? new Intl.NumberFormat(locale, wanted);
    cache.set(key, known);
    return known;
  };
  const format = (value: number, wanted: Intl.NumberFormatOptions) => widen(numbers(wanted).format(value === 0 ? 0 : value));
  const dates = (wanted: Intl.DateTimeFormatOptions, timeZone: string) => {
    try {
      return new Intl.DateTimeFormat(locale, { ...wanted, timeZone });
    } catch {
      return new Intl.DateTimeFormat(locale, { ...wanted, timeZone: "UTC" });
    }
  };
  const days = dates({ day: "numeric", month: "short", year: "numeric" }, zone);
  const moments = dates({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, zone);
  const months = dates({ month: "long", year: "numeric" }, "UTC");
  const shortMonths = dates({ month: "short", year: "numeric" }, "UTC");
  const monthStart = (month: string) => new Date(`${month}-01T00:00:00Z`);

  return {
    locale,
    value: (value, unit) => format(value, options(unit, currency, Math.abs(value))),
    range: (low, high, unit) => {
      const wanted = numbers(options(unit, currency, Math.max(Math.abs(low), Math.abs(high))));
      const [first, last] = [wanted.format(low), wanted.format(high)];
      return widen(first === last ? first : wanted.formatRange(low, high));
    },
    integer: (value) => format(value, { maximumFractionDigits: 0 }),
    decimal: (value, digits) => format(value, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    percent: (value) => format(value, { style: "percent", maximumFractionDigits: 0 }),
    money: (value, other) => format(value, inCurrency(other ?? currency, {}, { minimumFractionDigits: 2 })),
    moneyShort: (value) =>
      format(value, inCurrency(currency, { notation: "compact", maximumFractionDigits: 1 })),
    tick: (value, unit) => {
      if (unit === "share") return format(value, { style: "percent", maximumFractionDigits: 1 });
      if (unit === "money") {
        return format(value, inCurrency(currency, { notation: "compact", maximumFractionDigits: 1 }));
      }
      return format(value, { notation: "compact", maximumFractionDigits: 2 });
    },
    day: (iso) => {
      const date = new Date(iso);
      return Number.isNaN(date.getTime()) ? iso : days.format(date);
    },
    moment: (iso) => {
      const date = new Date(iso);
      return Number.isNaN(date.getTime()) ? iso : moments.format(date);
    },
    month: (month) => months.format(monthStart(month)),
    monthShort: (month) => shortMonths.format(monthStart(month)),
  };
}
