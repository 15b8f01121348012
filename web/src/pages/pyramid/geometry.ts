/**
 * Where the six stones lie and how full they are. Pure numbers, so that tests can hold them.
 *
 * Units are those of the drawing (kWidth × kRow·6). Level 1 lies at the bottom and is the widest. A stone is a
 * superellipse, wider at its foot than at its head, with a little unevenness that is fixed per level: the same
 * brand always sees the same cairn.
 */

export const kWidth = 340;
export const kRow = 72;
export const kLevels = 6;
/** Score at which a level carries the next one in full (the θ of the altitude's formula). */
export const kFullScore = 70;

const kWidestHalf = 162;
const kNarrowestHalf = 46;
const kSteps = 72;
/** Sideways shift and slope of each stone, from level 1 to level 6: laid by hand, not by ruler. */
const kShift = [0, 5, -6, 4, -3, 2];
const kTilt = [0.2, -0.9, 1.1, -1.3, 1.2, -1.6];
const kUneven = [0.4, 1.3, 2.2, 3.5, 4.1, 5.2];

export interface Stone {
  level: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** SVG path. */
  outline: string;
}

export type Strength = "none" | "weak" | "building" | "strong";

/** 0 to 1: how full a stone is drawn. An unmeasured level is empty. */
export function fillOf(score: number | null): number {
  return score === null ? 0 : Math.min(1, Math.max(0, score / kFullScore));
}

export function strengthOf(score: number | null): Strength {
  if (score === null) return "none";
  if (score >= kFullScore) return "strong";
  return score >= kFullScore / 2 ? "building" : "weak";
}

/** A score as it is written: 69.9 must not read as the 70 that it has not reached. */
export function shownScore(score: number): number {
  const rounded = Math.round(score);
  return score < kFullScore ? Math.min(rounded, kFullScore - 1) : rounded;
}

const round = (value: number) => Math.round(value * 10) / 10;

export function stoneOf(level: number): Stone {
  const index = level - 1;
  const up = index / (kLevels - 1);
  const half = kWidestHalf + (kNarrowestHalf - kWidestHalf) * up;
  const centre = kWidth / 2 + (kShift[index] ?? 0);
  const top = (kLevels - level) * kRow;
  const halfHeight = kRow / 2 - 1.5;
  const tilt = ((kTilt[index] ?? 0) * Math.PI) / 180;
  const uneven = kUneven[index] ?? 0;
  const power = 2 / 3.1;

  const points: [number, number][] = [];
  for (let step = 0; step < kSteps; ++step) {
    const angle = (step / kSteps) * 2 * Math.PI;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const across = Math.sign(cos) * Math.abs(cos) ** power;
    const down = Math.sign(sin) * Math.abs(sin) ** power;
    const bumps = 1 + 0.016 * Math.sin(3 * angle + uneven) + 0.012 * Math.sin(5 * angle + 2 * uneven);
    const x = across * half * (0.945 + 0.055 * down) * bumps;
    const y = down * halfHeight + x * Math.sin(tilt) * 0.55;
    points.push([centre + x, top + kRow / 2 + Math.max(-halfHeight, Math.min(halfHeight, y))]);
  }
  const xs = points.map(([x]) => x);
  return {
    level,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top,
    bottom: top + kRow,
    outline: `M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}Z`,
  };
}

/** From the foot up. */
export function stones(): Stone[] {
  return Array.from({ length: kLevels }, (_, index) => stoneOf(index + 1));
}
