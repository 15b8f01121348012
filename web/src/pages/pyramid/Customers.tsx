import { useTranslation } from "react-i18next";
import type { People, Pyramid } from "../../api/types";
import type { Formatter } from "../../components/format";
import styles from "./Customers.module.css";
import { Section } from "../../components/Section";

interface RowProps extends People {
  name: string;
  note?: string;
  kind: "level" | "fragile" | "away" | "unplaced";
  all: number;
  most: number;
  format: Formatter;
}

function Row({ name, note, kind, customers, value, all, most, format }: RowProps) {
  return (
    <tr data-kind={kind}>
      <th scope="row">{name}{note ? <small>{note}</small> : null}</th>
      <td className={styles.barCell}>
        <span className={styles.bar} style={{ width: customers > 0 ? `max(2px, ${(customers / most) * 100}%)` : 0 }} aria-hidden="true" />
      </td>
      <td>{format.integer(customers)}</td>
      <td className={styles.share}>{format.value(all > 0 ? customers / all : 0, "share")}</td>
      <td>{format.moneyShort(value)}</td>
    </tr>
  );
}

/** How many customers each level holds; who is fragile and who is away stands beside the pyramid, not in it. */
export function Customers({ pyramid, format }: { pyramid: Pyramid; format: Formatter }) {
  const { t } = useTranslation();
  const groups: People[] = [...pyramid.levels, pyramid.fragile, pyramid.away, pyramid.unplaced];
  const all = groups.reduce((sum, group) => sum + group.customers, 0);
  const shared = { all, most: Math.max(1, ...groups.map((group) => group.customers)), format };
  return (
    <Section id="customers" title={t("customers.title")} text={t("customers.text")}>
      <table className={`${styles.table} numbers`}>
        <thead>
          <tr>
            <th scope="col">{t("customers.level")}</th>
            <td className={styles.barCell} />
            <th scope="col">{t("customers.customers")}</th>
            <th scope="col" className={styles.share}>{t("customers.share")}</th>
            <th scope="col">{t("customers.value")}</th>
          </tr>
        </thead>
        <tbody>
          {[...pyramid.levels].reverse().map((level) => (
            <Row key={level.level} name={`${level.level} ${level.name}`} kind="level"
                 customers={level.customers} value={level.value} {...shared} />
          ))}
          <Row name={t("customers.fragile")} note={t("customers.fragile_text")} kind="fragile" {...pyramid.fragile} {...shared} />
          <Row name={t("customers.away")} note={t("customers.away_text")} kind="away" {...pyramid.away} {...shared} />
          {pyramid.unplaced.customers > 0 ? (
            <Row name={t("customers.unplaced")} note={t("customers.unplaced_text")} kind="unplaced" {...pyramid.unplaced} {...shared} />
          ) : null}
        </tbody>
      </table>
    </Section>
  );
}
