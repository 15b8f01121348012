/** The shape of a trend chart in pixels: scales, lines that break where a month has no value, band, ticks. Pure. */
import type { TrendPoint } from "../api/types";

export interface Box {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Trend {
  /** Pixel of each month, in the order of the points. */
  x: number[];
  y: (value: number) => number;
  ticks: number[];
  /** SVG paths; the band has one piece for each unbroken run. */
  line: string;
  band: string;
  /** Months that stand alone would be invisible as a line. */
  lonely: number[];
  /** Months to name below the axis. */
  named: number[];
}

const kTicksWanted = 4;
const kNamedGap = 64;

/** Round steps (1, 2, 2.5, 5 × 10ⁿ) that cover [low, high]. */
export function niceTicks(low: number, high: number, wanted = kTicksWanted): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + step * 1e-9; ++count) {
    ticks.push(Number((count * step).toPrecision(12)));
  }
  return ticks;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * The values decide the height, with room for a usual interval: one early month with three answers has an interval
 * from almost 0 to almost 100 % and would flatten everything else. Such a band is cut off at the edge.
 */
export function domainOf(points: readonly TrendPoint[], floorAtZero: boolean): [number, number] {
  const known = points.filter((point) => point.value !== null);
  const values = known.map((point) => point.value as number);
  if (values.length === 0) return [0, 1];
  const reach = median(known.map((point) => ((point.high ?? point.value ?? 0) - (point.low ?? point.value ?? 0)) / 2));
  let low = Math.min(...values) - reach;
  let high = Math.max(...values) + reach;
  const pad = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  low -= pad;
  high += pad;
  return [floorAtZero ? Math.max(0, low) : low, high];
}

/** Indices of each run of months with a value. */
export function runs(points: readonly TrendPoint[]): number[][] {
  const found: number[][] = [];
  let open: number[] = [];
  points.forEach((point, index) => {
    if (point.value === null) {
      if (open.length > 0) found.push(open);
      open = [];
    } else {
      open.push(index);
    }
  });
  if (open.length > 0) found.push(open);
  return found;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Januaries where there is room, else the first and the last month. */
function namedMonths(points: readonly TrendPoint[], x: readonly number[]): number[] {
  if (points.length === 0) return [];
  const last = points.length - 1;
  const named = [0];
  points.forEach((point, index) => {
    const previous = x[named[named.length - 1] ?? 0] ?? 0;
    const here = x[index] ?? 0;
    const room = here - previous >= kNamedGap && (x[last] ?? 0) - here >= kNamedGap;
    if (point.month.endsWith("-01") && index !== 0 && room) named.push(index);
  });
  if (last > 0 && (x[last] ?? 0) - (x[0] ?? 0) >= kNamedGap) named.push(last);
  return named;
}

export function layOut(points: readonly TrendPoint[], box: Box, floorAtZero: boolean): Trend {
  const [low, high] = domainOf(points, floorAtZero);
  const inner = box.width - box.left - box.right;
  const tall = box.height - box.top - box.bottom;
  const step = points.length > 1 ? inner / (points.length - 1) : 0;
  const x = points.map((_, index) => box.left + (points.length > 1 ? index * step : inner / 2));
  const y = (value: number) => box.top + tall * (1 - (value - low) / (high - low || 1));
  const at = (index: number, value: number) => `${round(x[index] ?? 0)} ${round(y(value))}`;

  const found = runs(points);
  const value = (index: number) => points[index]?.value ?? 0;
  const line = found.map((run) => `M${run.map((index) => at(index, value(index))).join("L")}`).join("");
  const band = found.filter((run) => run.length > 1).map((run) => {
    const upper = run.map((index) => at(index, points[index]?.high ?? value(index)));
    const lower = [...run].reverse().map((index) => at(index, points[index]?.low ?? value(index)));
    return `M${[...upper, ...lower].join("L")}Z`;
  }).join("");
  return {
    x,
    y,
    ticks: niceTicks(low, high),
    line,
    band,
    lonely: found.filter((run) => run.length === 1).flat(),
    named: namedMonths(points, x),
  };
}

/** The month nearest to a pixel. */
export function nearest(x: readonly number[], pixel: number): number {
  let best = 0;
  x.forEach((here, index) => {
    if (Math.abs(here - pixel) < Math.abs((x[best] ?? 0) - pixel)) best = index;
  });
  return best;
}

/** 0 at the floor, 1 at the target, kept on the drawing. */
export function placeOf(value: number, floor: number, target: number): number {
  const place = target === floor ? 0 : (value - floor) / (target - floor);
  return Math.min(1, Math.max(0, place));
}
