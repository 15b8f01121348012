import { useTranslation } from "react-i18next";
import type { Measure } from "../../api/types";
import type { Formatter } from "../../components/format";
import { Track } from "../../components/Track";
import { TrendChart } from "../../components/TrendChart";
import { shownScore } from "./geometry";
import styles from "./MeasureCard.module.css";

/** A histogram of what people answered, for the measures that have one. */
function Parts({ parts, format }: { parts: Record<string, number>; format: Formatter }) {
  const { t } = useTranslation();
  const bars = Object.entries(parts);
  const most = Math.max(1, ...bars.map(([, count]) => count));
  return (
    <figure className={styles.parts}>
      <figcaption>{t("measure.parts")}</figcaption>
      <ul>
        {bars.map(([label, count]) => (
          <li key={label}>
            <span className={styles.barFrame} aria-hidden="true">
              <span className={styles.bar} style={{ height: `${(count / most) * 100}%` }} />
            </span>
            <span className={styles.label}>{label}</span>
            <span className={`${styles.count} numbers`}>{format.integer(count)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** One measure with enough data: the figure, how sure, what it means, where it lies, how it went. */
export function MeasureCard({ measure, format }: { measure: Measure; format: Formatter }) {
  const { t } = useTranslation();
  const { value, low, high, unit } = measure;
  if (value === null) return null;
  return (
    <article className={styles.card}>
      <h3 className={styles.name}>{measure.name}</h3>
      <p className={`${styles.value} numbers`}>{format.value(value, unit)}</p>
      <p className={styles.definition}>
        {measure.definition}{measure.direction === "down" ? ` (${t("measure.down")})` : ""}
      </p>
      <dl className={`${styles.facts} numbers`}>
        {low === null || high === null ? null : (
          <div><dt>{t("measure.interval")}</dt><dd>{format.range(low, high, unit)}</dd></div>
        )}
        <div><dt>{t("measure.n")}</dt><dd>{format.integer(measure.n)}</dd></div>
        {measure.score === null ? null : (
          <div><dt>{t("measure.score")}</dt><dd>{t("pyramid.score_of", { score: format.integer(shownScore(measure.score)) })}</dd></div>
        )}
        {measure.weight === null ? null : (
          <div><dt>{t("measure.weight")}</dt><dd>{format.integer(measure.weight)}</dd></div>
        )}
      </dl>
      <div className={styles.foot}>
        <Track measure={measure} format={format} />
        <TrendChart measure={measure} format={format} />
        {measure.parts ? <Parts parts={measure.parts} format={format} /> : null}
      </div>
    </article>
  );
}

/** One measure that has too few: never a number, only how far it is from one. */
export function WaitingMeasure({ measure, format }: { measure: Measure; format: Formatter }) {
  const { t } = useTranslation();
  return (
    <li className={styles.waiting}>
      <span>
        <span className={styles.waitingName}>{measure.name}</span>
        <span className={styles.waitingText}>{measure.definition}</span>
      </span>
      <span className={`${styles.waitingCount} numbers`}>
        {t("level.not_enough", { n: format.integer(measure.n), min: format.integer(measure.min_n) })}
      </span>
    </li>
  );
}
