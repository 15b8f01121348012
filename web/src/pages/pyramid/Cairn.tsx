import { useId, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Level, Pyramid } from "../../api/types";
import type { Formatter } from "../../components/format";
import styles from "./Cairn.module.css";
import { fillOf, kLevels, kRow, kWidth, shownScore, stones, strengthOf, type Stone } from "./geometry";

const kStones = stones();
const kHeight = kRow * kLevels;

function StonePicture({ stone, level, chosen, id }: { stone: Stone; level: Level; chosen: boolean; id: string }) {
  const strength = strengthOf(level.score);
  const width = (stone.right - stone.left) * fillOf(level.score);
  return (
    <g className={styles.stone} data-level={level.level} data-strength={strength} data-chosen={chosen}>
      <clipPath id={`${id}-${level.level}`}><path d={stone.outline} /></clipPath>
      <path className={styles.body} d={stone.outline} style={strength === "none" ? { fill: `url(#${id}-hatch)` } : {}} />
      <rect
        className={styles.fill}
        x={stone.left}
        y={stone.top}
        width={width}
        height={stone.bottom - stone.top}
        clipPath={`url(#${id}-${level.level})`}
      />
      {strength === "none" ? null : <path d={stone.outline} fill={`url(#${id}-light)`} />}
      <path className={styles.edge} d={stone.outline} />
    </g>
  );
}

export interface CairnProps {
  pyramid: Pyramid;
  chosen: number;
  choose: (level: number) => void;
  format: Formatter;
}

/**
 * Six stones, the first level at the foot. The stones are a picture; beside (and over) each lies a real button with
 * the words, so that pointer, keyboard and screen reader meet the same thing.
 */
export function Cairn({ pyramid, chosen, choose, format }: CairnProps) {
  const { t } = useTranslation();
  const id = useId();
  const rows = useRef(new Map<number, HTMLButtonElement>());
  const fromTheTop = [...pyramid.levels].reverse();

  const walk = (event: KeyboardEvent, level: number) => {
    const goals: Record<string, number> = { ArrowUp: level + 1, ArrowDown: level - 1, Home: kLevels, End: 1 };
    const goal = goals[event.key];
    if (goal === undefined || goal < 1 || goal > kLevels) return;
    event.preventDefault();
    choose(goal);
    rows.current.get(goal)?.focus();
  };

  return (
    <div className={styles.cairn}>
      <svg viewBox={`0 0 ${kWidth} ${kHeight}`} preserveAspectRatio="none" className={styles.picture} aria-hidden="true">
        <defs>
          {/* Light from above: stones, not bars. */}
          <linearGradient id={`${id}-light`} x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor="#fff" stopOpacity="0.15" />
            <stop offset="0.42" stopColor="#fff" stopOpacity="0" />
            <stop offset="0.62" stopColor="#000" stopOpacity="0" />
            <stop offset="1" stopColor="#000" stopOpacity="0.1" />
          </linearGradient>
          <pattern id={`${id}-hatch`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="8" height="8" className={styles.hatchGround} />
            <line x1="0" y1="0" x2="0" y2="8" className={styles.hatchLine} />
          </pattern>
        </defs>
        {kStones.map((stone) => {
          const level = pyramid.levels.find((candidate) => candidate.level === stone.level);
          return level
            ? <StonePicture key={stone.level} stone={stone} level={level} chosen={level.level === chosen} id={id} />
            : null;
        })}
      </svg>
      <div className={styles.rows} role="tablist" aria-orientation="vertical" aria-label={t("pyramid.levels")}>
        {fromTheTop.map((level) => {
          const strength = strengthOf(level.score);
          return (
            <button
              key={level.level}
              ref={(row) => void (row ? rows.current.set(level.level, row) : rows.current.delete(level.level))}
              type="button"
              role="tab"
              id={`level-${level.level}`}
              aria-controls="level-panel"
              aria-selected={level.level === chosen}
              tabIndex={level.level === chosen ? 0 : -1}
              className={styles.row}
              data-strength={strength}
              onClick={() => choose(level.level)}
              onKeyDown={(event) => walk(event, level.level)}
            >
              <span className={styles.number}>{level.level}</span>
              <span className={styles.words}>
                <span className={styles.name}>{level.name}</span>
                <span className={styles.promise}>{level.promise}</span>
                <span className={`${styles.detail} numbers`}>
                  {t("pyramid.detail", {
                    share: format.percent(level.weight_measured),
                    n: format.integer(level.customers),
                    count: level.customers,
                  })}
                </span>
              </span>
              {level.score === null ? (
                <span className={styles.missing}>{t("pyramid.not_connected")}</span>
              ) : (
                <span className={`${styles.score} numbers`}>
                  {format.integer(shownScore(level.score))}
                  <small>{t(`pyramid.${strength === "none" ? "weak" : strength}`)}</small>
                </span>
              )}
            </button>
          );
        })}
      </div>
      <p className={styles.legend}>{t("pyramid.legend")}</p>
    </div>
  );
}
