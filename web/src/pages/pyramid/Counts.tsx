import { useTranslation } from "react-i18next";
import type { Report } from "../../api/types";
import type { Formatter } from "../../components/format";
import en from "../../i18n/en.json";
import styles from "./Counts.module.css";
import { Section } from "../../components/Section";

type Kind = keyof typeof en.counts.kind;

const isKind = (word: string): word is Kind => Object.hasOwn(en.counts.kind, word);

/** In the order of the words file; what it does not name comes last. */
function rank(kind: string): number {
  const kinds = Object.keys(en.counts.kind);
  const place = kinds.indexOf(kind);
  return place < 0 ? kinds.length : place;
}

/** A kind that this page has no word for is shown by its own name: the brand chose it. */
function plainName(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function Counts({ report, format }: { report: Report; format: Formatter }) {
  const { t } = useTranslation();
  const { period, brand } = report;
  const name = (kind: string) => isKind(kind) ? t(`counts.kind.${kind}`) : plainName(kind);
  const kinds = Object.entries(report.counts).sort(([a], [b]) => rank(a) - rank(b));
  const some = kinds.filter(([, count]) => count > 0);
  const none = kinds.filter(([, count]) => count === 0).map(([kind]) => name(kind).toLocaleLowerCase(format.locale));
  const known = period.first_event !== null && period.newest_event !== null
    ? t("period.known", { first: format.day(period.first_event), newest: format.day(period.newest_event) })
    : "";
  return (
    <Section
      id="counts"
      title={t("counts.title")}
      text={[known, t(`period.until_${period.until_is}`), t("period.zone", { zone: brand.zone })].filter(Boolean).join(" ")}
    >
      <dl className={`${styles.counts} numbers`}>
        {some.map(([kind, count]) => (
          <div key={kind}><dt>{name(kind)}</dt><dd>{format.integer(count)}</dd></div>
        ))}
      </dl>
      {none.length > 0 ? (
        <p className={styles.none}>
          {t("counts.none", { kinds: new Intl.ListFormat(format.locale, { type: "unit" }).format(none) })}
        </p>
      ) : null}
    </Section>
  );
}
