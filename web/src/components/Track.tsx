import { useTranslation } from "react-i18next";
import type { Measure } from "../api/types";
import type { Formatter } from "./format";
import { strengthOf } from "../pages/pyramid/geometry";
import { placeOf } from "./trend";
import styles from "./Track.module.css";

/** Where a value and its interval lie between the floor (left) and the target (right), whichever way is better. */
export function Track({ measure, format }: { measure: Measure; format: Formatter }) {
  const { t } = useTranslation();
  const { value, floor, target, low, high, unit } = measure;
  if (value === null || floor === null || target === null) return null;
  const here = placeOf(value, floor, target) * 100;
  const ends = [placeOf(low ?? value, floor, target) * 100, placeOf(high ?? value, floor, target) * 100];
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const words = {
    value: format.value(value, unit),
    floor: format.value(floor, unit),
    target: format.value(target, unit),
  };
  return (
    <div className={styles.frame}>
      <div className={styles.track} data-strength={strengthOf(measure.score)} role="img" aria-label={t("measure.track", words)}>
        <div className={styles.done} style={{ width: `${here}%` }} />
        <div className={styles.interval} style={{ left: `${from}%`, width: `${to - from}%` }} />
        <div className={styles.here} style={{ left: `${here}%` }} />
      </div>
      <div className={`${styles.ends} numbers`} aria-hidden="true">
        <span>{t("measure.floor", { value: words.floor })}</span>
        <span>{t("measure.target", { value: words.target })}</span>
      </div>
    </div>
  );
}
