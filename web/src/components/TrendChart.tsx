import { useElementSize } from "@mantine/hooks";
import { useId, useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Measure, TrendPoint } from "../api/types";
import type { Formatter } from "./format";
import { layOut, nearest } from "./trend";
import styles from "./TrendChart.module.css";

const kHeight = 132;
const kTargetRoom = 4;
/** Between the line of the target and its word. */
const kTargetGap = 4;
const kBox = { left: 44, right: 10, top: 10, bottom: 22 };
/** Before the first measurement of the element; keeps the drawing sensible, the height never changes. */
const kWidthGuess = 360;

function readout(point: TrendPoint, measure: Measure, format: Formatter, t: ReturnType<typeof useTranslation>["t"]) {
  const month = format.month(point.month);
  const n = format.integer(point.n);
  if (point.value === null) return t("measure.point_missing", { month, n });
  const value = format.value(point.value, measure.unit);
  if (point.low === null || point.high === null) return t("measure.point", { month, value });
  return t("measure.point_range", { month, value, range: format.range(point.low, point.high, measure.unit), n });
}

/**
 * One measure month by month with its 95 % band. To assistive technology it is a slider over the months, whose
 * value is read out: the arrow keys walk through them, as the pointer does.
 */
export function TrendChart({ measure, format }: { measure: Measure; format: Formatter }) {
  const { t } = useTranslation();
  const clip = useId();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [chosen, setChosen] = useState<number | null>(null);
  const points = measure.trend;
  const box = { ...kBox, width: width || kWidthGuess, height: kHeight };
  const trend = useMemo(
    () => layOut(points, { ...kBox, width: width || kWidthGuess, height: kHeight }, measure.unit !== "score"),
    [points, width, measure.unit],
  );
  if (!points.some((point) => point.value !== null)) return <p className={styles.none}>{t("measure.no_trend")}</p>;

  const last = points.length - 1;
  const index = Math.min(chosen ?? last, last);
  const point = points[index] as TrendPoint;
  const target = measure.target !== null && measure.level !== null ? trend.y(measure.target) : null;
  const targetInside = target !== null && target >= kBox.top + kTargetRoom && target <= kHeight - kBox.bottom;

  const follow = (event: PointerEvent<HTMLDivElement>) =>
    setChosen(nearest(trend.x, event.clientX - event.currentTarget.getBoundingClientRect().left));
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, next)));
  };

  return (
    <div>
      <div
        ref={ref}
        className={styles.chart}
        role="slider"
        tabIndex={0}
        aria-label={t("measure.trend", { name: measure.name })}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={index}
        aria-valuetext={readout(point, measure, format, t)}
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setChosen(null)}
        onBlur={() => setChosen(null)}
        onKeyDown={walk}
      >
        <svg width="100%" height={kHeight} aria-hidden="true">
          <defs>
            <clipPath id={clip}>
              <rect x={kBox.left - 4} y={0} width={Math.max(0, box.width - kBox.left)} height={kHeight - kBox.bottom} />
            </clipPath>
          </defs>
          {trend.ticks.map((tick) => (
            <g key={tick}>
              <line className={styles.grid} x1={kBox.left} x2={box.width} y1={trend.y(tick)} y2={trend.y(tick)} />
              <text className={styles.tick} x={kBox.left - 8} y={trend.y(tick)} dy="0.32em" textAnchor="end">
                {format.tick(tick, measure.unit)}
              </text>
            </g>
          ))}
          {targetInside ? (
            <g>
              <line className={styles.target} x1={kBox.left} x2={box.width} y1={target} y2={target} />
              <text className={styles.tick} x={box.width} y={target - kTargetGap} textAnchor="end">{t("measure.target_line")}</text>
            </g>
          ) : null}
          <g clipPath={`url(#${clip})`}>
            <path className={styles.band} d={trend.band} />
            <path className={styles.line} d={trend.line} />
            {trend.lonely.map((month) => (
              <circle key={month} className={styles.dot} r={2} cx={trend.x[month]} cy={trend.y(points[month]?.value ?? 0)} />
            ))}
          </g>
          <line className={styles.cursor} x1={trend.x[index]} x2={trend.x[index]} y1={kBox.top} y2={kHeight - kBox.bottom}
                visibility={chosen === null ? "hidden" : "visible"} />
          {point.value === null ? null : (
            <circle className={styles.dot} r={3.5} cx={trend.x[index]} cy={trend.y(point.value)} />
          )}
          {trend.named.map((month) => (
            <text
              key={month}
              className={styles.tick}
              x={trend.x[month]}
              y={kHeight - 6}
              textAnchor={month === last && last > 0 ? "end" : month === 0 ? "start" : "middle"}
            >
              {format.monthShort(points[month]?.month ?? "")}
            </text>
          ))}
        </svg>
      </div>
      <p className={`${styles.readout} numbers`} aria-hidden="true">{readout(point, measure, format, t)}</p>
    </div>
  );
}
