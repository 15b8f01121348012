/** The form that mends refused calls: rename fields, set values, look at what becomes of the first ones. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getRefused, tryReplay } from "../../api/live";
import type { Mend, RefusedFilter } from "../../api/live_types";
import { isEmptyMend, toMend, type MendForm } from "./mend";
import { Json, parts, Problem } from "./Parts";
import { useReason } from "./reasons";
import styles from "./Refused.module.css";

interface ChangeProps {
  labels: [string, string];
  values: [string, string];
  change: (values: [string, string]) => void;
  remove: () => void;
}

function Change({ labels, values, change, remove }: ChangeProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.change}>
      <label className={parts.field}>
        {labels[0]}
        <input value={values[0]} onChange={(event) => change([event.currentTarget.value, values[1]])} />
      </label>
      <span aria-hidden="true">→</span>
      <label className={parts.field}>
        {labels[1]}
        <input value={values[1]} onChange={(event) => change([values[0], event.currentTarget.value])} />
      </label>
      <Button size="xs" variant="default" onClick={remove} aria-label={t("live.mend.remove")} mb={4}>×</Button>
    </div>
  );
}

function parsed(text: string | null): unknown {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const replaced = <T,>(items: readonly T[], index: number, item: T | null): T[] =>
  items.flatMap((known, place) => (place !== index ? [known] : item === null ? [] : [item]));

function Fields({ form, change }: { form: MendForm; change: (form: MendForm) => void }) {
  const { t } = useTranslation();
  const renames = (index: number, item: MendForm["renames"][number] | null) =>
    change({ ...form, renames: replaced(form.renames, index, item) });
  const sets = (index: number, item: MendForm["sets"][number] | null) => change({ ...form, sets: replaced(form.sets, index, item) });
  return (
    <div className={styles.changes}>
      {form.renames.map((one, index) => (
        <Change key={`rename${index}`} labels={[t("live.mend.from"), t("live.mend.to")]} values={[one.from, one.to]}
          change={([from, to]) => renames(index, { from, to })} remove={() => renames(index, null)} />
      ))}
      {form.sets.map((one, index) => (
        <Change key={`set${index}`} labels={[t("live.mend.path"), t("live.mend.value")]} values={[one.path, one.value]}
          change={([path, value]) => sets(index, { path, value })} remove={() => sets(index, null)} />
      ))}
      <div className={parts.buttons}>
        <Button size="xs" variant="default" onClick={() => change({ ...form, renames: [...form.renames, { from: "", to: "" }] })}>
          {t("live.mend.add_rename")}
        </Button>
        <Button size="xs" variant="default" onClick={() => change({ ...form, sets: [...form.sets, { path: "", value: "" }] })}>
          {t("live.mend.add_set")}
        </Button>
      </div>
    </div>
  );
}

export interface MendPanelProps {
  filter: RefusedFilter;
  count: number;
  /** Where a name is likely wrong, the form begins with it. */
  field: string;
  replay: (mend: Mend) => void;
  replaying: boolean;
}

export function MendPanel({ filter, count, field, replay, replaying }: MendPanelProps) {
  const { t } = useTranslation();
  const reason = useReason();
  const [form, setForm] = useState<MendForm>({ renames: [{ from: "", to: field }], sets: [] });
  const rows = useQuery({ queryKey: ["refused", "samples", filter], queryFn: ({ signal }) => getRefused(filter, 3, signal) });
  const trial = useMutation({ mutationFn: (mend: Mend) => tryReplay(filter, mend) });
  const sample = rows.data?.rows[0];
  const mend = toMend(form);
  const { reset } = trial;
  useEffect(() => reset(), [form, reset]);
  const first = trial.data?.calls[0];
  const good = trial.data ? trial.data.replayed : 0;
  const tried = trial.data ? good + trial.data.still_waiting : 0;
  return (
    <div className={styles.mend}>
      <div>
        <h4>{t("live.mend.title")}</h4>
        <Fields form={form} change={setForm} />
      </div>
      <div className={parts.buttons}>
        <Button size="xs" variant="light" onClick={() => trial.mutate(mend)} loading={trial.isPending} disabled={isEmptyMend(mend)}>
          {t("live.mend.try")}
        </Button>
        <Button size="xs" onClick={() => replay(mend)} loading={replaying} disabled={isEmptyMend(mend)}>
          {t("live.mend.replay", { count })}
        </Button>
        {trial.data ? (
          <p className={styles.outcome} data-good={good === tried} role="status">
            {t("live.mend.tried", { count: tried, good })}{first?.reason ? ` ${reason(first.reason)}` : ""}
          </p>
        ) : null}
      </div>
      <Problem error={trial.error} />
      <div className={styles.pair}>
        <div>
          <h4>{t("live.mend.before")}</h4>
          {sample?.body ? <Json value={parsed(sample.body)} label={t("live.mend.before")} /> : <p className={styles.outcome}>{t("live.mend.hidden")}</p>}
        </div>
        {first?.call ? (
          <div>
            <h4>{t("live.mend.after")}</h4>
            <Json value={parsed(first.call)} label={t("live.mend.after")} />
          </div>
        ) : null}
      </div>
    </div>
  );
}
