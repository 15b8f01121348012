import { useTranslation } from "react-i18next";
import type { NextStep, Report } from "../../api/types";
import type { Formatter } from "../../components/format";
import styles from "./NextSteps.module.css";
import { Section } from "../../components/Section";

interface StepProps {
  step: NextStep;
  report: Report;
  format: Formatter;
  show: (level: number) => void;
}

function Improve({ step, report, format, show }: StepProps) {
  const { t } = useTranslation();
  const name = report.pyramid.levels.find((level) => level.level === step.level)?.name ?? "";
  const stake = [
    step.customers === null ? "" : t("next.customers", { n: format.integer(step.customers), count: step.customers }),
    step.value === null ? "" : t("next.value", { value: format.moneyShort(step.value) }),
  ].filter(Boolean).join(", ");
  return (
    <li className={styles.step}>
      <p className={`${styles.gain} numbers`}>
        {step.gain === null ? "" : <strong>+{format.decimal(step.gain, 2)}</strong>}
        <span>{t("next.gain")}</span>
      </p>
      <div className={styles.words}>
        <h3>{step.name}</h3>
        <p>{step.text}</p>
        <p className={`${styles.figures} numbers`}>
          {stake}
        </p>
      </div>
      <button type="button" className={styles.show} onClick={() => show(step.level)}>
        {t("next.show", { level: step.level, name })}
      </button>
    </li>
  );
}

function Connect({ step, report }: Omit<StepProps, "show" | "format">) {
  const name = report.pyramid.levels.find((level) => level.level === step.level)?.name ?? "";
  return (
    <li className={styles.connect}>
      <h4>{step.level} {name}</h4>
      <p>{step.text}</p>
    </li>
  );
}

/** As many as one can do next; the others wait behind a line. */
const SHOWN = 5;
/** Gains that two decimals would show as nothing. */
const NOTHING = 0.005;

export function NextSteps({ report, format, show }: Omit<StepProps, "step">) {
  const { t } = useTranslation();
  const improve = report.pyramid.next.filter((step) => step.do === "improve" && (step.gain ?? 0) >= NOTHING);
  const connect = report.pyramid.next.filter((step) => step.do === "connect");
  const row = (step: NextStep) => (
    <Improve key={`${step.level} ${step.measure}`} step={step} report={report} format={format} show={show} />
  );
  return (
    <Section id="next" title={t("next.title")} text={improve.length > 0 ? t("next.text") : t("next.none")}>
      {improve.length > 0 ? (
        <ol className={styles.steps}>{improve.slice(0, SHOWN).map(row)}</ol>
      ) : null}
      {improve.length > SHOWN ? (
        <details className={styles.more}>
          <summary>{t("next.more", { count: improve.length - SHOWN, n: format.integer(improve.length - SHOWN) })}</summary>
          <ol className={styles.steps} start={SHOWN + 1}>{improve.slice(SHOWN).map(row)}</ol>
        </details>
      ) : null}
      {connect.length > 0 ? (
        <>
          <h3 className={styles.connectTitle}>{t("next.connect_title")}</h3>
          <ul className={styles.connects}>
            {connect.map((step) => <Connect key={`${step.level} ${step.measure}`} step={step} report={report} />)}
          </ul>
        </>
      ) : null}
    </Section>
  );
}
