import { useTranslation } from "react-i18next";
import type { Measure, Report } from "../../api/types";
import type { Formatter } from "../../components/format";
import { shownScore } from "./geometry";
import styles from "./MeasureTable.module.css";

/** Everything that the pyramid was computed from, in one table; folded, since the picture comes first. */
export function MeasureTable({ report, format }: { report: Report; format: Formatter }) {
  const { t } = useTranslation();
  const rows = report.pyramid.levels.flatMap((level) =>
    level.measures.flatMap((key) => report.measures[key] ?? []).map((measure) => ({ level, measure })));
  const dash = "–";
  const range = ({ low, high, unit }: Measure) => low === null || high === null ? dash : format.range(low, high, unit);
  const ends = ({ floor, target, unit }: Measure) =>
    floor === null || target === null ? dash : `${format.value(floor, unit)} → ${format.value(target, unit)}`;
  return (
    <details className={styles.details}>
      <summary>{t("measure.table")}</summary>
      <div className={styles.scroll} role="region" aria-label={t("measure.table")} tabIndex={0}>
        <table className={`${styles.table} numbers`}>
          <thead>
            <tr>
              <th scope="col">{t("measure.level")}</th>
              <th scope="col">{t("measure.name")}</th>
              <th scope="col">{t("measure.value")}</th>
              <th scope="col">{t("measure.interval")}</th>
              <th scope="col">{t("measure.n")}</th>
              <th scope="col">{t("measure.floor_target")}</th>
              <th scope="col">{t("measure.weight")}</th>
              <th scope="col">{t("measure.score")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ level, measure }) => (
              <tr key={measure.key}>
                <td>{level.level} {level.name}</td>
                <th scope="row">{measure.name}</th>
                {measure.enough && measure.value !== null ? (
                  <>
                    <td>{format.value(measure.value, measure.unit)}</td>
                    <td>{range(measure)}</td>
                    <td>{format.integer(measure.n)}</td>
                  </>
                ) : (
                  <td colSpan={3}>
                    {t("level.not_enough", { n: format.integer(measure.n), min: format.integer(measure.min_n) })}
                  </td>
                )}
                <td>{ends(measure)}</td>
                <td>{measure.weight === null ? dash : format.integer(measure.weight)}</td>
                <td>{measure.score === null ? dash : format.integer(shownScore(measure.score))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
