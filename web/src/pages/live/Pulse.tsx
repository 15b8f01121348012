/** The answer first: how much arrives right now, and whether all is well; then the minute, then source by source. */
import { useTranslation } from "react-i18next";
import type { SourceMinute } from "../../api/live_types";
import type { Formatter } from "../../components/format";
import { kSeconds, minuteOf, pace, sum, type LiveState, type Minute } from "./live_state";
import styles from "./Pulse.module.css";

const kParts = ["kept", "already_there", "refused"] as const;
const kHigh = 100;
const kStep = 10;
const kBar = 7;

type Stacks = Pick<Minute, (typeof kParts)[number]>;

/** 60 bars, one a second, stacked from what is kept upwards. A refused one shows however few there are. */
function Bars({ minute, label, className }: { minute: Stacks; label?: string; className?: string | undefined }) {
  const totals = minute.kept.map((kept, second) => kept + (minute.already_there[second] ?? 0) + (minute.refused[second] ?? 0));
  const top = Math.max(...totals, 1);
  const width = kSeconds * kStep;
  return (
    <svg viewBox={`0 0 ${width} ${kHigh}`} preserveAspectRatio="none" className={className} role={label ? "img" : undefined}
      aria-label={label} aria-hidden={label ? undefined : true}>
      <line x1="0" x2={width} y1={kHigh} y2={kHigh} vectorEffect="non-scaling-stroke" />
      {totals.map((total, second) => {
        let y = kHigh;
        const x = second * kStep + (kStep - kBar) / 2;
        if (total === 0) return <path key={second} data-part="rest" d={`M${x} ${kHigh - 2}h${kBar}v2h-${kBar}z`} />;
        return kParts.map((part) => {
          const count = minute[part][second] ?? 0;
          const height = count === 0 ? 0 : Math.max((count / top) * kHigh, 2);
          y -= height;
          return count > 0 ? <rect key={`${second}${part}`} data-part={part} x={x} width={kBar} y={Math.max(y, 0)} height={height} /> : null;
        });
      })}
    </svg>
  );
}

function SourceCard({ source, format }: { source: SourceMinute; format: Formatter }) {
  const { t } = useTranslation();
  const count = sum(source.kept) + sum(source.already_there) + sum(source.refused);
  const refused = sum(source.refused);
  return (
    <li>
      <strong title={source.source}>{source.source}</strong>
      <span className="numbers">
        {t("live.pulse.source_minute", { count, n: format.integer(count) })}
        {refused > 0 ? ` · ${t("live.pulse.source_refused", { count: refused, n: format.integer(refused) })}` : ""}
      </span>
      <Bars minute={source} className={styles.bars} />
    </li>
  );
}

export interface PulseProps {
  state: LiveState;
  connected: boolean;
  /** Beside something else that is being done: lower, and without the sources. */
  compact: boolean;
  format: Formatter;
}

export function Pulse({ state, connected, compact, format }: PulseProps) {
  const { t } = useTranslation();
  const minute = minuteOf(state);
  const now = pace(minute);
  const totals = { kept: sum(minute.kept), already_there: sum(minute.already_there), refused: sum(minute.refused) };
  const all = totals.kept + totals.already_there + totals.refused;
  const away = sum(minute.turned_away);
  const sentences = [
    all === 0 ? t("live.pulse.quiet") : t("live.pulse.minute", { count: all, n: format.integer(all) }),
    totals.refused > 0 ? t("live.pulse.refused", { count: totals.refused, n: format.integer(totals.refused) }) : "",
    away > 0 ? t("live.pulse.away", { count: away, n: format.integer(away) }) : "",
    all > 0 && totals.refused === 0 && away === 0 ? t("live.pulse.well") : "",
  ].filter(Boolean).join(" ");
  const label = `${t("live.pulse.chart")}: ${sentences}`;
  return (
    <>
      <div className={styles.pulse} data-compact={compact}>
        <div>
          <p className={styles.status} data-on={connected} role="status">
            <i aria-hidden="true" />{t(connected ? "live.connected" : "live.disconnected")}
          </p>
          <h1>{t("live.pulse.question")}</h1>
          <p className={`${styles.figure} numbers`}>
            <strong>{now > 0 && now < 10 ? format.decimal(now, 1) : format.integer(now)}</strong>
            <span>{t("live.pulse.a_second")}</span>
          </p>
          <p className={styles.words}>{sentences}</p>
        </div>
        {state.sources.length > 0 ? <div className={styles.chart}>
          <ul className={`${styles.legend} numbers`}>
            {kParts.map((part) => (
              <li key={part} data-part={part}>
                <i aria-hidden="true" />{t(`live.fate.${part}`)} <strong>{format.integer(totals[part])}</strong>
              </li>
            ))}
          </ul>
          <Bars minute={minute} label={label} className={styles.bars} />
          <div className={styles.axis} aria-hidden="true"><span>{t("live.pulse.ago")}</span><span>{t("live.pulse.now")}</span></div>
        </div> : null}
      </div>
      {state.sources.length > 1 && !compact ? (
        <ul className={styles.sources} aria-label={t("live.pulse.sources")}>
          {state.sources.map((source) => <SourceCard key={source.source_id} source={source} format={format} />)}
        </ul>
      ) : null}
    </>
  );
}
