import { useTranslation } from "react-i18next";
import type { LiveEvent, TurnedAway } from "../../api/live_types";
import { ApartBadge, Json } from "./Parts";
import { useReason } from "./reasons";
import styles from "./Stream.module.css";

export function EventDetails({ event }: { event: LiveEvent }) {
  const { t } = useTranslation();
  const reason = useReason();
  const facts: [string, string][] = [
    [t("live.detail.source"), event.source],
    [t("live.detail.identifiers"), event.identifiers.join("\n")],
    [t("live.detail.message_id"), event.message_id],
    [t("live.detail.library"), event.library],
    [t("live.detail.seq"), event.seq ?? ""],
    [t("live.detail.field"), event.field],
    [t("live.detail.undeclared"), event.undeclared.join(", ")],
  ];
  return (
    <div className={styles.details}>
      <dl className={styles.facts}>
        {event.fate === "refused" ? <div><dt>{t("live.detail.reason")}</dt><dd>{reason(event.reason)}</dd></div> : null}
        {facts.filter(([, text]) => text).map(([name, text]) => <div key={name}><dt>{name}</dt><dd>{text}</dd></div>)}
        {event.set_apart.length > 0 ? (
          <div>
            <dt>{t("live.detail.set_apart")}</dt>
            <dd>{event.set_apart.map((apart) => <ApartBadge key={apart} apart={apart} />)} {t("live.detail.set_apart_text")}</dd>
          </div>
        ) : null}
        {event.is_cut ? <div><dt>{t("live.detail.cut")}</dt><dd>{t("live.detail.cut_text")}</dd></div> : null}
      </dl>
      <Json value={event.properties} label={t("live.detail.properties")} />
    </div>
  );
}

export function AwayDetails({ away }: { away: TurnedAway }) {
  const { t } = useTranslation();
  const reason = useReason();
  return (
    <div className={styles.details}>
      <dl className={styles.facts}>
        <div><dt>{t("live.detail.reason")}</dt><dd>{reason(away.reason)}</dd></div>
        {away.key_hint ? <div><dt>{t("live.detail.key_hint")}</dt><dd>{away.key_hint}…</dd></div> : null}
        {away.client ? <div><dt>{t("live.detail.client")}</dt><dd>{away.client}</dd></div> : null}
      </dl>
      <p>{t("live.detail.away_text")}</p>
    </div>
  );
}
