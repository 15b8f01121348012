import { SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Period } from "../../api/types";
import type { Formatter } from "../../components/format";
import { useParameters } from "../../state/url";
import styles from "./PeriodPicker.module.css";
import { dayIn, lastMoment, monthsBefore } from "./period";

type Choice = "all" | "months_12" | "months_3" | "custom";

const kEarliest = "1970-01-01";
const kMonths = { months_12: 12, months_3: 3 } as const;

interface DayFieldProps {
  label: string;
  day: string;
  min?: string;
  max?: string;
  choose: (day: string) => void;
}

/** While a year is being typed the field goes through the years 2, 20 and 202: only a likely one is taken. */
function DayField({ label, day, min, max, choose }: DayFieldProps) {
  const [typed, setTyped] = useState(day);
  useEffect(() => setTyped(day), [day]);
  const take = (text: string) => {
    setTyped(text);
    if (text === "" || text >= kEarliest) choose(text);
  };
  return (
    <label>
      {label}
      <input type="date" value={typed} min={min} max={max} onChange={(event) => take(event.currentTarget.value)} />
    </label>
  );
}

export interface PeriodPickerProps {
  period: Period;
  zone: string;
  format: Formatter;
}

/** `since` and `until` live in the address; the short choices count back from where the data ends. */
export function PeriodPicker({ period, zone, format }: PeriodPickerProps) {
  const { t } = useTranslation();
  const parameters = useParameters();
  const [open, setOpen] = useState(false);
  const since = parameters.get("since");
  const until = parameters.get("until");
  const last = lastMoment(period);
  const end = dayIn(last, zone);

  const chosen = (): Choice => {
    if (open || until) return "custom";
    if (!since) return "all";
    if (since === monthsBefore(end, kMonths.months_12)) return "months_12";
    return since === monthsBefore(end, kMonths.months_3) ? "months_3" : "custom";
  };
  const choose = (choice: string) => {
    if (choice === "custom") return setOpen(true);
    setOpen(false);
    const months = choice === "months_12" || choice === "months_3" ? kMonths[choice] : 0;
    const newest = until ? dayIn(period.newest_event ?? period.until, zone) : end;
    parameters.set({ since: months > 0 ? monthsBefore(newest, months) : "", until: "" });
  };

  const choice = chosen();
  const first = period.since ?? period.first_event;
  const words = first
    ? t("period.from_to", { since: format.day(first), until: format.day(last) })
    : t("period.to", { until: format.day(last) });
  return (
    <div className={styles.picker}>
      <SegmentedControl
        size="sm"
        radius="xl"
        aria-label={t("period.label")}
        value={choice}
        onChange={choose}
        data={(["all", "months_12", "months_3", "custom"] as const).map((value) => ({ value, label: t(`period.${value}`) }))}
      />
      {choice === "custom" ? (
        <div className={styles.dates}>
          <DayField label={t("period.since")} day={since} max={until || end} choose={(day) => parameters.set({ since: day })} />
          <DayField label={t("period.until")} day={until} min={since} choose={(day) => parameters.set({ until: day })} />
        </div>
      ) : null}
      <p className={`${styles.words} numbers`}>
        <strong>{words}</strong> <span>{t(`period.until_${period.until_is}`)}</span>
      </p>
    </div>
  );
}
