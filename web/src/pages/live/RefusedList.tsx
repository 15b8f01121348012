import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { dropRefused, getRefused, replay } from "../../api/live";
import type { Mend, Refused, RefusedFilter, RefusedGroup } from "../../api/live_types";
import type { Formatter } from "../../components/format";
import { Section } from "../../components/Section";
import { MendPanel } from "./Mend";
import { Empty, parts, Problem, SureButton } from "./Parts";
import { useReason } from "./reasons";
import styles from "./Refused.module.css";

const kAsItIs: Mend = { rename: {}, merge: null };
const kRefreshMs = 5000;

const filterOf = (group: RefusedGroup): RefusedFilter => ({ source: group.source_id, field: group.field, reason: group.reason });

interface GroupProps {
  group: RefusedGroup;
  may: boolean;
  format: Formatter;
  done: (words: string) => void;
}

function Group({ group, may, format, done }: GroupProps) {
  const { t } = useTranslation();
  const reason = useReason();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const [progress, setProgress] = useState(0);
  const filter = filterOf(group);
  const refresh = () => void cache.invalidateQueries({ queryKey: ["refused"] });
  const again = useMutation({
    mutationFn: (mend: Mend) => replay(filter, mend, (sum) => setProgress(sum.replayed + sum.already_there + sum.still_waiting)),
    onSuccess: (sum) => done(
      t("live.refused.replayed", { count: sum.replayed, n: format.integer(sum.replayed) })
      + (sum.already_there > 0 ? ` ${t("live.refused.already", { count: sum.already_there, n: format.integer(sum.already_there) })}` : "")
      + (sum.still_waiting > 0 ? ` ${t("live.refused.still", { count: sum.still_waiting, n: format.integer(sum.still_waiting) })} ${reason(sum.calls.find((call) => call.reason)?.reason ?? "")}` : ""),
    ),
    onSettled: refresh,
  });
  const drop = useMutation({
    mutationFn: () => dropRefused(filter),
    onSuccess: (count) => done(t("live.refused.dropped", { count, n: format.integer(count) })),
    onSettled: refresh,
  });
  return (
    <li className={styles.group}>
      <div className={styles.head}>
        <span className={`${styles.count} numbers`}>{format.integer(group.count)}</span>
        <div>
          <h3 className={styles.reason}>{reason(group.reason)}</h3>
          <p className={styles.meta}>
            {group.field ? <><code>{group.field}</code> · </> : null}
            {group.source} · {t("live.refused.newest", { when: format.moment(group.newest_at) })}
          </p>
        </div>
        {may ? (
          <div className={parts.buttons}>
            <Button size="xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>{t("live.refused.mend")}</Button>
            <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate(kAsItIs)}>{t("live.refused.replay")}</Button>
            <SureButton label={t("live.refused.drop")} sure={t("live.refused.drop_sure", { count: group.count })}
              onSure={() => drop.mutate()} loading={drop.isPending} />
          </div>
        ) : null}
      </div>
      {again.isPending && progress > 0 ? <p className={styles.meta} role="status">{t("live.refused.progress", { n: format.integer(progress) })}</p> : null}
      <Problem error={again.error ?? drop.error} />
      {open ? (
        <MendPanel filter={filter} count={group.count} field={group.field} replay={(mend) => again.mutate(mend)} replaying={again.isPending} />
      ) : null}
    </li>
  );
}

function Settled({ refused, format }: { refused: Refused; format: Formatter }) {
  const { t } = useTranslation();
  const states = (["replayed", "already_there", "dropped", "crowded_out"] as const).filter((state) => (refused.counts[state] ?? 0) > 0);
  if (states.length === 0) return null;
  const words = states.map((state) => t(`live.refused.state.${state}`, { n: format.integer(refused.counts[state] ?? 0) }));
  return <p className={styles.meta}>{t("live.refused.settled", { states: new Intl.ListFormat(format.locale, { type: "unit" }).format(words) })}</p>;
}

export interface RefusedListProps {
  may: boolean;
  format: Formatter;
}

/** What could not become an event, by reason: replayed, mended first, or dropped. */
export function RefusedList({ may, format }: RefusedListProps) {
  const { t } = useTranslation();
  const [told, setTold] = useState("");
  const answer = useQuery({
    queryKey: ["refused", "groups"], queryFn: ({ signal }) => getRefused({}, 1, signal), refetchInterval: kRefreshMs,
  });
  const groups = answer.data?.groups ?? [];
  const full = answer.data && (answer.data.counts.crowded_out ?? 0) > 0;
  return (
    <Section id="refused" title={t("live.refused.title")} text={t("live.refused.text")}>
      <Problem error={answer.error} />
      {told ? <p role="status" className={parts.done}>{told}</p> : null}
      {full ? <p className={parts.problem}>{t("live.refused.full", { n: format.integer(answer.data.waiting_max) })}</p> : null}
      {groups.length > 0 ? (
        <ul className={styles.groups}>
          {groups.map((group) => (
            <Group key={`${group.source_id} ${group.field} ${group.reason}`} group={group} may={may} format={format} done={setTold} />
          ))}
        </ul>
      ) : answer.data ? <Empty title={t("live.refused.none")} text={t("live.refused.none_text")} /> : null}
      {answer.data ? <Settled refused={answer.data} format={format} /> : null}
    </Section>
  );
}
