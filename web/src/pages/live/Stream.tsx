import { Button } from "@mantine/core";
import { memo, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "../../components/Section";
import { useParameters } from "../../state/url";
import { AwayDetails, EventDetails } from "./EventDetails";
import { fateOf, filtered, idOf, timeOf, type Line, type LineFate, type LineFilter, type LiveState } from "./live_state";
import { ApartBadge, Empty, parts } from "./Parts";
import { useReason } from "./reasons";
import styles from "./Stream.module.css";

const kShown = 150;
const kFates = ["kept", "already_there", "refused", "turned_away", "set_apart", "undeclared"] as const;

const kMarks: Record<LineFate, string> = {
  kept: "M2 7.5 5.5 11 12 3.5",
  already_there: "M2.5 5h9M2.5 9h9",
  refused: "M3 3l8 8M11 3l-8 8",
  turned_away: "M7 2v6M7 11v.5",
};

function FateMark({ fate }: { fate: LineFate }) {
  const { t } = useTranslation();
  return (
    <span className={styles.fate} data-fate={fate}>
      <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
        <path d={kMarks[fate]} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {t(`live.fate.${fate}`)}
    </span>
  );
}

interface RowProps {
  line: Line;
  open: boolean;
  fresh: boolean;
  toggle: (id: string) => void;
  clock: Intl.DateTimeFormat;
}

const Row = memo(function Row({ line, open, fresh: isNew, toggle, clock }: RowProps) {
  const { t } = useTranslation();
  const reason = useReason();
  const [fresh] = useState(isNew);
  const details = useId();
  const event = line.type === "event" ? line.event : null;
  const why = event ? event.reason : line.type === "turned_away" ? line.away.reason : "";
  const names = event ? event.undeclared.length + (event.undeclared_kind ? 1 : 0) : 0;
  return (
    <li className={styles.line} data-fresh={fresh}>
      <button type="button" className={styles.head} aria-expanded={open} aria-controls={open ? details : undefined}
        onClick={() => toggle(idOf(line))}>
        <span className={`${styles.time} numbers`}>{clock.format(new Date(timeOf(line)))}</span>
        <FateMark fate={fateOf(line)} />
        <span className={styles.kind}>
          <strong>{event ? event.kind || t("live.no_kind") : t("live.away_kind")}</strong>
          {event?.set_apart.map((apart) => <ApartBadge key={apart} apart={apart} />)}
          {names > 0 ? <span className={parts.badge} data-tone="name">{t("live.new_names", { count: names })}</span> : null}
          {why ? <span className={styles.why}>{reason(why)}</span> : null}
        </span>
        <span className={styles.who}>{event ? event.who : line.type === "turned_away" ? line.away.client : ""}</span>
        <span className={styles.source}>{event?.source ?? ""}</span>
        <svg viewBox="0 0 10 10" width="10" height="10" className={styles.arrow} aria-hidden="true">
          <path d="M3 1l4 4-4 4" fill="none" stroke="currentColor" strokeWidth="1.75" />
        </svg>
      </button>
      {open ? (
        <div id={details}>
          {line.type === "event" ? <EventDetails event={line.event} /> : <AwayDetails away={line.away} />}
        </div>
      ) : null}
    </li>
  );
});

interface ToolsProps {
  state: LiveState;
  filter: LineFilter;
  change: (filter: Partial<LineFilter>) => void;
  paused: boolean;
  waiting: number;
  pause: () => void;
}

function Tools({ state, filter, change, paused, waiting, pause }: ToolsProps) {
  const { t } = useTranslation();
  const pauseWords = paused ? (waiting > 0 ? t("live.resume_with", { count: waiting }) : t("live.resume")) : t("live.pause");
  return (
    <div className={styles.tools}>
      <Button variant={paused ? "filled" : "default"} onClick={pause}>{pauseWords}</Button>
      <label className={parts.field}>
        {t("live.filter.source")}
        <select value={filter.source} onChange={(event) => change({ source: event.currentTarget.value })}>
          <option value="">{t("live.filter.all_sources")}</option>
          {state.sources.map((source) => <option key={source.source_id} value={source.source_id}>{source.source}</option>)}
        </select>
      </label>
      <label className={parts.field}>
        {t("live.filter.fate")}
        <select value={filter.fate} onChange={(event) => change({ fate: event.currentTarget.value as LineFilter["fate"] })}>
          <option value="">{t("live.filter.all_fates")}</option>
          {kFates.map((fate) => <option key={fate} value={fate}>{t(`live.fate.${fate}`)}</option>)}
        </select>
      </label>
      <label className={parts.field}>
        {t("live.filter.text")}
        <input type="search" value={filter.text} placeholder={t("live.filter.text_example")}
          onChange={(event) => change({ text: event.currentTarget.value })} />
      </label>
    </div>
  );
}

const isFate = (word: string): word is (typeof kFates)[number] => (kFates as readonly string[]).includes(word);

export interface StreamProps {
  state: LiveState;
  paused: boolean;
  waiting: number;
  pause: () => void;
  locale: string;
}

/** Line after line, newest first. Looking into one stops nothing; the pause button does. */
export function Stream({ state, paused, waiting, pause, locale }: StreamProps) {
  const { t } = useTranslation();
  const parameters = useParameters();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const fate = parameters.get("fate");
  const filter: LineFilter = { source: parameters.get("source"), fate: isFate(fate) ? fate : "", text: parameters.get("text") };
  const lines = useDeferredValue(filtered(state.lines, filter));
  const [clock, setClock] = useState(() => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }));
  useEffect(() => setClock(new Intl.DateTimeFormat(locale, { timeStyle: "medium" })), [locale]);
  const seen = useRef<Set<string> | null>(null);
  const known = seen.current;
  useEffect(() => {
    seen.current = new Set(state.lines.map(idOf));
  }, [state.lines]);
  const toggle = useRef((id: string) => setOpen((before) => {
    const after = new Set(before);
    if (!after.delete(id)) after.add(id);
    return after;
  })).current;
  const isFiltered = Boolean(filter.source || filter.fate || filter.text);
  return (
    <Section id="stream" title={t("live.stream.title")} text={t("live.stream.text")}>
      <Tools state={state} filter={filter} paused={paused} waiting={waiting} pause={pause}
        change={(changes) => parameters.set(changes as Record<string, string>, "replace")} />
      {lines.length > 0 ? (
        <ul className={styles.lines} aria-label={t("live.stream.title")}>
          {lines.slice(0, kShown).map((line) => (
            <Row key={idOf(line)} line={line} open={open.has(idOf(line))} toggle={toggle} clock={clock}
              fresh={known !== null && !known.has(idOf(line))} />
          ))}
        </ul>
      ) : (
        <Empty title={t(isFiltered ? "live.stream.no_match" : "live.stream.empty")}
          text={t(isFiltered ? "live.stream.no_match_text" : "live.stream.empty_text")} />
      )}
      {lines.length > kShown ? <p className={styles.more}>{t("live.stream.more", { count: lines.length - kShown })}</p> : null}
      {state.not_shown > 0 ? <p className={styles.more}>{t("live.stream.not_shown", { count: state.not_shown })}</p> : null}
    </Section>
  );
}
