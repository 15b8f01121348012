import { useTranslation } from "react-i18next";
import type { Money } from "../../api/types";
import type { Formatter } from "../../components/format";
import styles from "./MoneyFlow.module.css";
import { Section } from "../../components/Section";

/** From what was paid down to what is revenue: each bar begins where the one before ended. */
export function MoneyFlow({ money, format }: { money: Money; format: Formatter }) {
  const { t } = useTranslation();
  const whole = Math.max(money.paid, 1);
  const steps = [
    { key: "paid", amount: money.paid, from: 0, sign: "" },
    { key: "cancelled", amount: money.cancelled, from: money.paid - money.cancelled, sign: "−" },
    { key: "refunded", amount: money.refunded, from: money.revenue, sign: "−" },
    { key: "revenue", amount: money.revenue, from: 0, sign: "" },
  ] as const;
  const percent = (amount: number) => `${Math.min(100, Math.max(0, (amount / whole) * 100))}%`;
  return (
    <Section id="money" title={t("money.title")} text={t("money.text")}>
      <dl className={`${styles.flow} numbers`}>
        {steps.map(({ key, amount, from, sign }) => (
          <div key={key} className={styles.step} data-step={key}>
            <dt>{t(`money.${key}`)}</dt>
            <dd>{amount > 0 ? sign : ""}{format.money(amount, money.currency)}</dd>
            <div className={styles.bar} aria-hidden="true">
              <span style={{ left: percent(from), width: percent(amount) }} />
            </div>
          </div>
        ))}
      </dl>
      {money.unknown_currency > 0 ? (
        <p className={styles.unknown}>
          {t("money.unknown", { n: format.integer(money.unknown_currency), count: money.unknown_currency })}
        </p>
      ) : null}
    </Section>
  );
}
