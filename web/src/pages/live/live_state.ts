/** What the page knows of the stream, and how it grows. Pure: lines and seconds in, the next state out. */
import type { Counts, Fate, LiveEvent, LiveSnapshot, SourceMinute, TurnedAway } from "../../api/live_types";

export const kLinesMax = 500;
export const kSeconds = 60;

export type Line = { type: "event"; event: LiveEvent } | { type: "turned_away"; away: TurnedAway };
export type LineFate = Fate | "turned_away";

export interface LiveState {
  /** Newest first. */
  lines: Line[];
  sources: SourceMinute[];
  /** Of the last minute, oldest first. */
  turned_away: number[];
  /** Events of the last second that were counted, not shown. */
  not_shown: number;
  /** The last second that is counted. */
  at: string;
}

export const idOf = (line: Line): string => (line.type === "event" ? line.event.id : line.away.id);
export const timeOf = (line: Line): string => (line.type === "event" ? line.event.at : line.away.at);
export const fateOf = (line: Line): LineFate => (line.type === "event" ? line.event.fate : "turned_away");

/** Ids are numbers as text, too large for a double to be compared by. */
const isNewer = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length);
const byNewest = (a: Line, b: Line): number => (idOf(a) === idOf(b) ? 0 : isNewer(idOf(a), idOf(b)) ? -1 : 1);

const zeros = (): number[] => new Array<number>(kSeconds).fill(0);
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** The same line twice counts once: a stream that comes again repeats what was newest. */
export function addLines(lines: readonly Line[], more: readonly Line[]): Line[] {
  const known = new Set(lines.map(idOf));
  const fresh = more.filter((line) => !known.has(idOf(line)) && known.add(idOf(line)));
  if (fresh.length === 0) return lines as Line[];
  return [...fresh, ...lines].sort(byNewest).slice(0, kLinesMax);
}

export function fromSnapshot(snapshot: LiveSnapshot): LiveState {
  const lines: Line[] = [
    ...snapshot.events.map((event): Line => ({ type: "event", event })),
    ...snapshot.turned_away.map((away): Line => ({ type: "turned_away", away })),
  ];
  return {
    lines: addLines([], lines),
    sources: snapshot.sources,
    turned_away: [...zeros().slice(1), snapshot.counts.turned_away],
    not_shown: snapshot.counts.not_shown,
    at: snapshot.counts.at,
  };
}

const secondOf = (iso: string): number => Math.floor(Date.parse(iso) / 1000);
const pushed = (numbers: readonly number[], gap: number, last: number): number[] =>
  [...numbers, ...new Array<number>(gap).fill(0), last].slice(-kSeconds);

/** One more second. Seconds that were missed (the network was gone) count as nothing. */
export function addCounts(state: LiveState, counts: Counts): LiveState {
  const gap = Math.min(secondOf(counts.at) - secondOf(state.at) - 1, kSeconds);
  if (gap < 0) return state;
  const known = new Set(state.sources.map((source) => source.source_id));
  const fresh = counts.sources.filter((source) => !known.has(source.source_id)).map((source): SourceMinute => ({
    source: source.source, source_id: source.source_id, last_at: counts.at, kept: zeros(), already_there: zeros(), refused: zeros(),
  }));
  const sources = [...state.sources, ...fresh].map((source): SourceMinute => {
    const now = counts.sources.find((one) => one.source_id === source.source_id);
    return {
      ...source,
      last_at: now ? counts.at : source.last_at,
      kept: pushed(source.kept, gap, now?.kept ?? 0),
      already_there: pushed(source.already_there, gap, now?.already_there ?? 0),
      refused: pushed(source.refused, gap, now?.refused ?? 0),
    };
  });
  return {
    ...state,
    sources,
    turned_away: pushed(state.turned_away, gap, counts.turned_away),
    not_shown: counts.not_shown,
    at: counts.at,
  };
}

/** The minute of all sources together, second by second. */
export interface Minute {
  kept: number[];
  already_there: number[];
  refused: number[];
  turned_away: number[];
}

export function minuteOf(state: LiveState): Minute {
  const together = (part: (source: SourceMinute) => number[]) =>
    zeros().map((_, second) => sum(state.sources.map((source) => part(source)[second] ?? 0)));
  return {
    kept: together((source) => source.kept),
    already_there: together((source) => source.already_there),
    refused: together((source) => source.refused),
    turned_away: state.turned_away,
  };
}

/** Events a second over the last five. */
export function pace(minute: Minute): number {
  const last = (numbers: number[]) => sum(numbers.slice(-5));
  return (last(minute.kept) + last(minute.already_there) + last(minute.refused)) / 5;
}

export interface LineFilter {
  source: string;
  fate: LineFate | "set_apart" | "undeclared" | "";
  text: string;
}

function matchesFate(line: Line, fate: LineFilter["fate"]): boolean {
  if (!fate) return true;
  if (fate === "set_apart") return line.type === "event" && line.event.set_apart.length > 0;
  if (fate === "undeclared") return line.type === "event" && (line.event.undeclared_kind || line.event.undeclared.length > 0);
  return fateOf(line) === fate;
}

const wordsOf = (line: Line): string => {
  if (line.type === "turned_away") return `${line.away.key_hint} ${line.away.reason} ${line.away.client}`;
  const { kind, identifiers, message_id, reason, field, library, seq, properties } = line.event;
  return [kind, ...identifiers, message_id, reason, field, library, seq ?? "", JSON.stringify(properties)].join(" ");
};

export function filtered(lines: readonly Line[], filter: LineFilter): Line[] {
  const wanted = filter.text.trim().toLowerCase();
  return lines.filter((line) =>
    (!filter.source || (line.type === "event" && line.event.source_id === filter.source))
    && matchesFate(line, filter.fate)
    && (!wanted || wordsOf(line).toLowerCase().includes(wanted)));
}
