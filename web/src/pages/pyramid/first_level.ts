import type { Level } from "../../api/types";
import { kFullScore } from "./geometry";

/** The level to look at first: the lowest one that does not hold, since everything above rests on it. */
export function firstLevel(levels: readonly Level[]): number {
  const measured = levels.filter((level) => level.score !== null);
  const weak = measured.find((level) => (level.score ?? 0) < kFullScore);
  return weak?.level ?? measured.at(-1)?.level ?? 1;
}
