import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getUndeclared } from "../../api/live";
import type { UndeclaredName } from "../../api/live_types";
import type { Formatter } from "../../components/format";
import { Section } from "../../components/Section";
import { Empty, parts, Problem } from "./Parts";
import styles from "./Names.module.css";

const kRefreshMs = 5000;
const kTypes = ["text", "number", "boolean", "list", "object", "null"] as const;
const isType = (word: string): word is (typeof kTypes)[number] => (kTypes as readonly string[]).includes(word);

function Row({ name, format }: { name: UndeclaredName; format: Formatter }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td className={styles.name}>
        {name.property === null
          ? <>{name.kind} <span className={parts.badge} data-tone="name">{t("live.names.kind")}</span></>
          : <><code>{name.property}</code><br /><span className={styles.muted}>{name.kind}</span></>}
      </td>
      <td className={styles.meant}>{name.meant ? t("live.names.meant", { name: name.meant }) : ""}</td>
      <td>{isType(name.type) ? t(`live.names.type.${name.type}`) : name.type}</td>
      <td><code>{name.example ?? ""}</code></td>
      <td className={styles.muted}>{name.source}<br />{format.moment(name.first_at)}</td>
    </tr>
  );
}

/** Kinds and properties that the catalogue does not know. */
export function Names({ format }: { format: Formatter }) {
  const { t } = useTranslation();
  const answer = useQuery({
    queryKey: ["undeclared"], queryFn: ({ signal }) => getUndeclared(signal), refetchInterval: kRefreshMs,
  });
  const names = answer.data?.names ?? [];
  return (
    <Section id="names" title={t("live.names.title")} text={t("live.names.text")}>
      <Problem error={answer.error} />
      {answer.data?.is_full ? <p className={parts.problem}>{t("live.names.full")}</p> : null}
      {names.length > 0 ? (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("live.names.title")}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t("live.names.name")}</th>
                <th scope="col">{t("live.names.hint")}</th>
                <th scope="col">{t("live.names.type_title")}</th>
                <th scope="col">{t("live.names.example")}</th>
                <th scope="col">{t("live.names.first")}</th>
              </tr>
            </thead>
            <tbody>{names.map((name) => <Row key={`${name.kind} ${name.property ?? ""}`} name={name} format={format} />)}</tbody>
          </table>
        </div>
      ) : answer.data ? <Empty title={t("live.names.none")} text={t("live.names.none_text")} /> : null}
    </Section>
  );
}
