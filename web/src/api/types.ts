/** What the server answers, field by field: the wire's own names, so that one spelling serves C++, JSON and TypeScript. */

export interface Brand {
  name: string;
  /** Empty before the first import. */
  currency: string;
  /** IANA name: the zone in which days and months are cut. */
  zone: string;
}

export type UntilIs = "asked" | "now" | "newest_event";

export interface Period {
  since: string | null;
  until: string;
  until_is: UntilIs;
  first_event: string | null;
  newest_event: string | null;
}

/** Amounts in major units of `currency`. */
export interface Money {
  currency: string;
  paid: number;
  cancelled: number;
  refunded: number;
  revenue: number;
  /** Amounts in another currency without a rate: in none of the sums. */
  unknown_currency: number;
}

/** How many customers, and what they spent in the brand's currency. */
export interface People {
  customers: number;
  value: number;
}

export interface Level extends People {
  /** 1 at the foot, 6 at the top. */
  level: number;
  name: string;
  promise: string;
  /** 0 to 100; null when the level is not connected. */
  score: number | null;
  /** Share of the level's weight whose measures have enough data, 0 to 1. */
  weight_measured: number;
  measures: string[];
}

export interface NextStep {
  do: "improve" | "connect";
  level: number;
  measure: string;
  name: string;
  text: string;
  from: number | null;
  to: number | null;
  /** In altitude. */
  gain: number | null;
  customers: number | null;
  value: number | null;
}

export interface Pyramid {
  altitude: number | null;
  low: number | null;
  high: number | null;
  /** How many of the six levels are measured. */
  measured: number;
  levels: Level[];
  fragile: People;
  away: People;
  /** Those of whom nothing happened that belongs to a level. */
  unplaced: People;
  sentence: string;
  next: NextStep[];
}

export type Unit = "share" | "score" | "money" | "hours" | "days" | "count" | "per_1000" | "per_100" | "ratio";

export interface TrendPoint {
  /** `2017-01` */
  month: string;
  value: number | null;
  n: number;
  low: number | null;
  high: number | null;
}

export interface Measure {
  key: string;
  name: string;
  definition: string;
  unit: Unit;
  direction: "up" | "down" | "none";
  value: number | null;
  n: number;
  min_n: number;
  enough: boolean;
  /** 95 % interval. */
  low: number | null;
  high: number | null;
  level: number | null;
  weight: number | null;
  /** The value worth 0 points, and the one worth 100. */
  floor: number | null;
  target: number | null;
  score: number | null;
  /** Months inside the period, oldest first. */
  trend: TrendPoint[];
  /** A histogram, where the measure has one. */
  parts: Record<string, number> | null;
}

export interface LatenessGroup {
  group: string;
  name: string;
  orders: number;
  answers: number;
  csat: number | null;
  low: number | null;
  high: number | null;
  /** Mean score of the answers, 1 to 5. */
  mean: number | null;
}

export interface Lateness {
  groups: LatenessGroup[];
  before_delivery: LatenessGroup | null;
  sentence: string;
}

export interface Report {
  brand: Brand;
  period: Period;
  counts: Record<string, number>;
  money: Money;
  pyramid: Pyramid;
  measures: Record<string, Measure>;
  lateness: Lateness;
}

export interface Session {
  user: { name: string; email: string; role: string };
  csrf: string;
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  field: string | null;
}
