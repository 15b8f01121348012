import { useTranslation } from "react-i18next";
import type { Lateness as LatenessData, LatenessGroup } from "../../api/types";
import type { Formatter } from "../../components/format";
import styles from "./Lateness.module.css";
import { Section } from "../../components/Section";

const kTicks = [0, 0.25, 0.5, 0.75, 1];

function Dot({ group }: { group: LatenessGroup }) {
  if (group.csat === null) return <span className={styles.plot} aria-hidden="true" />;
  const low = group.low ?? group.csat;
  const high = group.high ?? group.csat;
  return (
    <span className={styles.plot} aria-hidden="true">
      <span className={styles.whisker} style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
      <span className={styles.dot} style={{ left: `${group.csat * 100}%` }} />
    </span>
  );
}

function Row({ group, format, apart }: { group: LatenessGroup; format: Formatter; apart?: boolean }) {
  const { t } = useTranslation();
  return (
    <tr data-group={group.group} data-apart={apart ?? false}>
      <th scope="row">{group.name}{apart ? <small>{t("lateness.before")}</small> : null}</th>
      <td className={styles.csat}>
        {group.csat === null ? <span className={styles.none}>{t("lateness.no_answers")}</span> : (
          <>
            <strong>{format.value(group.csat, "share")}</strong>
            {group.low === null || group.high === null ? null : <small>{format.range(group.low, group.high, "share")}</small>}
          </>
        )}
      </td>
      <td className={styles.plotCell}><Dot group={group} /></td>
      <td data-label={t("lateness.orders")}>{format.integer(group.orders)}</td>
      <td data-label={t("lateness.answers")}>{format.integer(group.answers)}</td>
      <td data-label={t("lateness.mean")}>{group.mean === null ? "–" : format.decimal(group.mean, 2)}</td>
    </tr>
  );
}

/** Three groups of orders and how satisfied their customers were: what goes together, never what causes what. */
export function Lateness({ lateness, format }: { lateness: LatenessData; format: Formatter }) {
  const { t } = useTranslation();
  const { groups, before_delivery } = lateness;
  const empty = groups.every((group) => group.orders === 0 && group.answers === 0);
  if (empty) return <Section id="lateness" title={t("lateness.title")} text={t("lateness.none")}>{null}</Section>;
  return (
    <Section id="lateness" title={t("lateness.title")} text={lateness.sentence}>
      <table className={`${styles.table} numbers`}>
        <thead>
          <tr>
            <th scope="col">{t("lateness.group")}</th>
            <th scope="col">{t("lateness.csat")}</th>
            <td className={styles.plotCell}>
              <span className={styles.axis} aria-hidden="true">
                {kTicks.map((tick) => <span key={tick} style={{ left: `${tick * 100}%` }}>{format.percent(tick)}</span>)}
              </span>
            </td>
            <th scope="col">{t("lateness.orders")}</th>
            <th scope="col">{t("lateness.answers")}</th>
            <th scope="col">{t("lateness.mean")}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => <Row key={group.group} group={group} format={format} />)}
          {before_delivery ? <Row group={before_delivery} format={format} apart /> : null}
        </tbody>
      </table>
      <p className={styles.note}>{t("lateness.whisker")}</p>
    </Section>
  );
}
