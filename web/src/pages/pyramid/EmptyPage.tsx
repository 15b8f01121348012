import { useTranslation } from "react-i18next";
import { Command } from "../../components/Command";
import { Notice } from "../../components/Notice";
import { Link } from "../../state/url";
import styles from "./EmptyPage.module.css";

const kSteps = [
  { key: "step_import", command: "cairn import events orders.csv reviews.csv --data DIR" },
  { key: "step_check", command: "cairn import events orders.csv --data DIR --dry-run" },
  { key: "step_demo", command: "cairn demo --customers 2000 --months 24 --seed 1 --data DIR" },
] as const;

/** A brand that has no event yet: what to do first. */
export function EmptyPage({ again, checking }: { again: () => void; checking: boolean }) {
  const { t } = useTranslation();
  return (
    <Notice
      title={t("empty.title")}
      text={t("empty.text")}
      action={{ label: t("empty.reload"), onClick: again, loading: checking }}
    >
      <ol className={styles.steps}>
        {kSteps.map(({ key, command }) => (
          <li key={key}>
            <h2>{t(`empty.${key}`)}</h2>
            <p>{t(`empty.${key}_text`)}</p>
            <Command>{command}</Command>
          </li>
        ))}
        <li>
          <h2>{t("empty.live")}</h2>
          <p>{t("empty.live_text")}</p>
          <Link href="/live" className={styles.link}>{t("empty.live_link")}</Link>
        </li>
      </ol>
    </Notice>
  );
}
