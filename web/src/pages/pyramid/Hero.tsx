import { useTranslation } from "react-i18next";
import type { Pyramid, Report } from "../../api/types";
import type { Formatter } from "../../components/format";
import { kLevels } from "./geometry";
import styles from "./Hero.module.css";

/** 0 to 6 in a line: how high, how sure, and how much of the way nothing is known about. */
function Ruler({ pyramid, format }: { pyramid: Pyramid; format: Formatter }) {
  const { t } = useTranslation();
  const { altitude, low, high, measured } = pyramid;
  if (altitude === null) return null;
  const at = (value: number) => `${(value / kLevels) * 100}%`;
  const words = {
    altitude: format.decimal(altitude, 2),
    low: format.decimal(low ?? altitude, 2),
    high: format.decimal(high ?? altitude, 2),
    measured: format.integer(measured),
  };
  return (
    <div className={styles.ruler} role="img" aria-label={t("hero.ruler", words)}>
      <div className={styles.scale}>
        <div className={styles.unknown} style={{ left: at(measured) }}>
          {measured < kLevels - 1 ? <span>{t("hero.not_connected")}</span> : null}
        </div>
        <div className={styles.risen} style={{ width: at(altitude) }} />
        {low === null || high === null ? null : (
          <div className={styles.interval} style={{ left: at(low), width: at(high - low) }} />
        )}
        <div className={styles.mark} style={{ left: at(altitude) }} />
      </div>
      <div className={`${styles.steps} numbers`} aria-hidden="true">
        {Array.from({ length: kLevels + 1 }, (_, step) => (
          <span key={step} style={{ left: at(step) }} data-known={step <= measured}>{step}</span>
        ))}
      </div>
    </div>
  );
}

export function Hero({ report, format }: { report: Report; format: Formatter }) {
  const { t } = useTranslation();
  const { pyramid, brand } = report;
  const known = pyramid.altitude !== null && pyramid.measured > 0;
  return (
    <div className={styles.hero}>
      <h1 className={styles.question}>{t("hero.question", { brand: brand.name || t("hero.your_brand") })}</h1>
      {known && pyramid.altitude !== null ? (
        <>
          <p className={styles.answer}>
            <strong className="numbers">{format.decimal(pyramid.altitude, 1)}</strong>
            <span>
              {t("hero.altitude")}<br />
              {t("hero.of", { count: pyramid.measured })}
            </span>
          </p>
          {pyramid.low === null || pyramid.high === null ? null : (
            <p className={`${styles.sure} numbers`}>
              {t("hero.interval", { range: `${format.decimal(pyramid.low, 2)} – ${format.decimal(pyramid.high, 2)}` })}
            </p>
          )}
          <Ruler pyramid={pyramid} format={format} />
          <p className={styles.sentence}>{pyramid.sentence}</p>
        </>
      ) : (
        <>
          <p className={styles.nothing}>{t("hero.none")}</p>
          <p className={styles.sentence}>{t("hero.none_text")}</p>
        </>
      )}
    </div>
  );
}
