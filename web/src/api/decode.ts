/**
 * From JSON to the types, with each field checked: a page must not draw half a picture because a field changed its
 * name. A missing nullable field reads as null; anything else that is not as written is an error that names its path.
 */
import { boolean, isFields, list, maybe, number, oneOf, reader, record, text, type Decode } from "./fields";
import type {
  Lateness, LatenessGroup, Level, Measure, Money, NextStep, People, Period, Problem, Pyramid, Report, Session,
  TrendPoint, Unit, UntilIs,
} from "./types";

export { DecodeError } from "./fields";

const unit = oneOf<Unit>("share", "score", "money", "hours", "days", "count", "per_1000", "per_100", "ratio");

const period: Decode<Period> = (value, path) => {
  const get = reader(value, path);
  return {
    since: get("since", maybe(text)),
    until: get("until", text),
    until_is: get("until_is", oneOf<UntilIs>("asked", "now", "newest_event")),
    first_event: get("first_event", maybe(text)),
    newest_event: get("newest_event", maybe(text)),
  };
};

const money: Decode<Money> = (value, path) => {
  const get = reader(value, path);
  return {
    currency: get("currency", text),
    paid: get("paid", number),
    cancelled: get("cancelled", number),
    refunded: get("refunded", number),
    revenue: get("revenue", number),
    unknown_currency: get("unknown_currency", maybe(number)) ?? 0,
  };
};

const people: Decode<People> = (value, path) => {
  const get = reader(value, path);
  return { customers: get("customers", number), value: get("value", number) };
};

const level: Decode<Level> = (value, path) => {
  const get = reader(value, path);
  return {
    ...people(value, path),
    level: get("level", number),
    name: get("name", text),
    promise: get("promise", text),
    score: get("score", maybe(number)),
    weight_measured: get("weight_measured", number),
    measures: get("measures", list(text)),
  };
};

const nextStep: Decode<NextStep> = (value, path) => {
  const get = reader(value, path);
  return {
    do: get("do", oneOf("improve", "connect")),
    level: get("level", number),
    measure: get("measure", maybe(text)) ?? "",
    name: get("name", text),
    text: get("text", text),
    from: get("from", maybe(number)),
    to: get("to", maybe(number)),
    gain: get("gain", maybe(number)),
    customers: get("customers", maybe(number)),
    value: get("value", maybe(number)),
  };
};

const pyramid: Decode<Pyramid> = (value, path) => {
  const get = reader(value, path);
  const levels = get("levels", list(level));
  return {
    altitude: get("altitude", maybe(number)),
    low: get("low", maybe(number)),
    high: get("high", maybe(number)),
    measured: get("measured", number),
    levels: levels.sort((a, b) => a.level - b.level),
    fragile: get("fragile", people),
    away: get("away", people),
    unplaced: get("unplaced", maybe(people)) ?? { customers: 0, value: 0 },
    sentence: get("sentence", text),
    next: get("next", list(nextStep)),
  };
};

const trendPoint: Decode<TrendPoint> = (value, path) => {
  const get = reader(value, path);
  return {
    month: get("month", text),
    value: get("value", maybe(number)),
    n: get("n", number),
    low: get("low", maybe(number)),
    high: get("high", maybe(number)),
  };
};

/** A measure without a histogram has an empty one on the wire. */
const histogram: Decode<Record<string, number> | null> = (value, path) => {
  const parts = maybe(record(number))(value, path);
  return parts !== null && Object.keys(parts).length > 0 ? parts : null;
};

const measure: Decode<Measure> = (value, path) => {
  const get = reader(value, path);
  return {
    key: get("key", text),
    name: get("name", text),
    definition: get("definition", text),
    unit: get("unit", unit),
    direction: get("direction", oneOf("up", "down", "none")),
    value: get("value", maybe(number)),
    n: get("n", number),
    min_n: get("min_n", number),
    enough: get("enough", boolean),
    low: get("low", maybe(number)),
    high: get("high", maybe(number)),
    level: get("level", maybe(number)),
    weight: get("weight", maybe(number)),
    floor: get("floor", maybe(number)),
    target: get("target", maybe(number)),
    score: get("score", maybe(number)),
    trend: get("trend", maybe(list(trendPoint))) ?? [],
    parts: get("parts", histogram),
  };
};

const latenessGroup: Decode<LatenessGroup> = (value, path) => {
  const get = reader(value, path);
  return {
    group: get("group", text),
    name: get("name", text),
    orders: get("orders", number),
    answers: get("answers", number),
    csat: get("csat", maybe(number)),
    low: get("low", maybe(number)),
    high: get("high", maybe(number)),
    mean: get("mean", maybe(number)),
  };
};

const lateness: Decode<Lateness> = (value, path) => {
  const get = reader(value, path);
  return {
    groups: get("groups", list(latenessGroup)),
    before_delivery: get("before_delivery", maybe(latenessGroup)),
    sentence: get("sentence", text),
  };
};

export function decodeReport(value: unknown): Report {
  const get = reader(value, "report");
  const brand = get("brand", (item, path) => {
    const field = reader(item, path);
    return { name: field("name", text), currency: field("currency", text), zone: field("zone", text) };
  });
  return {
    brand,
    period: get("period", period),
    counts: get("counts", record(number)),
    money: get("money", money),
    pyramid: get("pyramid", pyramid),
    measures: get("measures", record(measure)),
    lateness: get("lateness", lateness),
  };
}

export function decodeSession(value: unknown): Session {
  const get = reader(value, "session");
  const user = get("user", (item, path) => {
    const field = reader(item, path);
    return { name: field("name", text), email: field("email", text), role: field("role", text) };
  });
  return { user, csrf: get("csrf", text) };
}

/** Never throws: what is not a problem document becomes one, with the status that the answer had. */
export function decodeProblem(value: unknown, status: number): Problem {
  const object = isFields(value) ? value : {};
  const word = (name: string) => (typeof object[name] === "string" ? (object[name] as string) : "");
  return {
    type: word("type") || "about:blank",
    title: word("title"),
    status: typeof object.status === "number" ? object.status : status,
    detail: word("detail"),
    field: word("field") || null,
  };
}
