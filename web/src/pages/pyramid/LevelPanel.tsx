import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import type { Level, Measure, Report } from "../../api/types";
import type { Formatter } from "../../components/format";
import { shownScore } from "./geometry";
import styles from "./LevelPanel.module.css";
import { MeasureCard, WaitingMeasure } from "./MeasureCard";

const hasValue = (measure: Measure) => measure.enough && measure.value !== null;

function Measures({ measures, format }: { measures: Measure[]; format: Formatter }) {
  const { t } = useTranslation();
  const shown = measures.filter(hasValue);
  const waiting = measures.filter((measure) => !hasValue(measure));
  return (
    <>
      {shown.length > 0 ? (
        <div className={styles.cards}>
          {shown.map((measure) => <MeasureCard key={measure.key} measure={measure} format={format} />)}
        </div>
      ) : null}
      {waiting.length > 0 ? (
        <div className={styles.waiting}>
          <h3>{t("level.waiting")}</h3>
          <p>{t("level.waiting_text")}</p>
          <ul>{waiting.map((measure) => <WaitingMeasure key={measure.key} measure={measure} format={format} />)}</ul>
        </div>
      ) : null}
    </>
  );
}

export interface LevelPanelProps {
  ref: Ref<HTMLElement>;
  level: Level;
  report: Report;
  format: Formatter;
}

/** What the chosen stone is made of. */
export function LevelPanel({ ref, level, report, format }: LevelPanelProps) {
  const { t } = useTranslation();
  const measures = level.measures.flatMap((key) => report.measures[key] ?? []);
  return (
    <section
      ref={ref}
      id="level-panel"
      role="tabpanel"
      aria-labelledby={`level-${level.level}`}
      tabIndex={-1}
      className={styles.panel}
    >
      <header className={styles.head}>
        <div>
          <p className={styles.eyebrow}>{t("level.eyebrow", { level: level.level })}</p>
          <h2>{level.name}</h2>
          <p className={styles.promise}>{level.promise}</p>
        </div>
        <dl className={`${styles.facts} numbers`}>
          <dt>
            {level.score === null
              ? t("pyramid.not_connected")
              : <><strong>{format.integer(shownScore(level.score))}</strong> {t("pyramid.points")}</>}
          </dt>
          <dd>{t("level.weight", { share: format.percent(level.weight_measured) })}</dd>
          <dd>
            {t("level.customers", { n: format.integer(level.customers), count: level.customers })}
            {level.value > 0 ? `, ${t("level.value", { value: format.moneyShort(level.value) })}` : ""}
          </dd>
        </dl>
      </header>
      {measures.length === 0
        ? <p className={styles.promise}>{t("level.no_measures")}</p>
        : <Measures measures={measures} format={format} />}
    </section>
  );
}

/** Measures that belong to no level: basket, time between orders and the like. */
export function OtherFigures({ report, format }: { report: Report; format: Formatter }) {
  const { t } = useTranslation();
  const inLevels = new Set(report.pyramid.levels.flatMap((level) => level.measures));
  const measures = Object.values(report.measures).filter((measure) => !inLevels.has(measure.key));
  if (measures.length === 0) return null;
  return (
    <section className={styles.panel} aria-labelledby="other-title">
      <header className={styles.head}>
        <div>
          <h2 id="other-title">{t("level.beside")}</h2>
          <p className={styles.promise}>{t("level.beside_text")}</p>
        </div>
      </header>
      <Measures measures={measures} format={format} />
    </section>
  );
}
