import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { addSource, changeSource, getSources, revokeKey, rotateKey } from "../../api/live";
import type { Source, SourceForm, WriteKey } from "../../api/live_types";
import type { Formatter } from "../../components/format";
import { Section } from "../../components/Section";
import { useParameters } from "../../state/url";
import { CopyButton, parts, Problem, SureButton } from "./Parts";
import { sdkSnippetOf, snippetOf } from "./snippets";
import styles from "./Sources.module.css";

const kForms: SourceForm[] = ["browser", "server", "webhook"];
const kOldKeysHours = 24;

function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.snippet}>
      <pre tabIndex={0} role="region" aria-label={label}>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}

/** How to use a key; a server's is here to be copied this once. */
function Connect({ form, keyText, isFresh }: { form: SourceForm; keyText: string; isFresh: boolean }) {
  const { t } = useTranslation();
  const host = location.origin;
  return (
    <div className={isFresh && form !== "browser" ? styles.once : undefined}>
      {isFresh && form !== "browser" ? <p role="status">{t("live.sources.once")}</p> : null}
      <p className={styles.hint}>{t(`live.sources.connect.${form}`)}</p>
      <Snippet text={snippetOf(form, host, keyText)} label={t("live.sources.snippet")} />
      {form === "server" ? <Snippet text={sdkSnippetOf(host, keyText)} label={t("live.sources.sdk")} /> : null}
    </div>
  );
}

interface KeyProps {
  writeKey: WriteKey;
  form: SourceForm;
  may: boolean;
  format: Formatter;
  revoke: () => void;
}

function Key({ writeKey, form, may, format, revoke }: KeyProps) {
  const { t } = useTranslation();
  return (
    <li>
      <code>{form === "browser" && writeKey.text ? writeKey.text : t("live.sources.key", { id: writeKey.id })}</code>
      <span>
        {t("live.sources.key_since", { when: format.day(writeKey.created_at) })}
        {writeKey.expires_at ? ` · ${t("live.sources.key_until", { when: format.moment(writeKey.expires_at) })}` : ""}
      </span>
      {may ? <SureButton label={t("live.sources.revoke")} sure={t("live.sources.revoke_sure")} onSure={revoke} /> : null}
    </li>
  );
}

interface CardProps {
  source: Source;
  fresh: string;
  may: boolean;
  format: Formatter;
  made: (source: string, text: string) => void;
}

function Card({ source, fresh, may, format, made }: CardProps) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const refresh = () => void cache.invalidateQueries({ queryKey: ["sources"] });
  const rotate = useMutation({
    mutationFn: () => rotateKey(source.id, kOldKeysHours),
    onSuccess: (key) => made(source.id, key.text),
    onSettled: refresh,
  });
  const revoke = useMutation({ mutationFn: (key: string) => revokeKey(source.id, key), onSettled: refresh });
  const change = useMutation({ mutationFn: () => changeSource(source.id, { is_closed: !source.is_closed }), onSettled: refresh });
  const text = fresh || (source.form === "browser" ? source.keys.at(-1)?.text ?? "" : "");
  return (
    <li className={styles.source} data-closed={source.is_closed}>
      <div className={styles.head}>
        <h3>{source.name}</h3>
        <span className={parts.badge}>{t(`live.sources.form.${source.form}`)}</span>
        {source.is_trusted ? <span className={parts.badge} data-tone="good" title={t("live.sources.trusted_text")}>{t("live.sources.trusted")}</span> : null}
        {source.is_closed ? <span className={parts.badge} data-tone="name">{t("live.sources.closed")}</span> : null}
        {may ? (
          <div className={parts.buttons}>
            {source.is_closed ? null : (
              <Button size="xs" variant="default" loading={rotate.isPending} onClick={() => rotate.mutate()}>{t("live.sources.rotate")}</Button>
            )}
            {source.is_closed
              ? <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate()}>{t("live.sources.reopen")}</Button>
              : <SureButton label={t("live.sources.close")} sure={t("live.sources.close_sure")} onSure={() => change.mutate()} loading={change.isPending} />}
          </div>
        ) : null}
      </div>
      <Problem error={rotate.error ?? revoke.error ?? change.error} />
      {source.is_closed ? null : (
        <>
          <ul className={styles.keys}>
            {source.keys.map((key) => (
              <Key key={key.id} writeKey={key} form={source.form} may={may && source.keys.length > 1} format={format} revoke={() => revoke.mutate(key.id)} />
            ))}
          </ul>
          {rotate.isSuccess ? <p className={parts.done} role="status">{t("live.sources.rotated", { hours: kOldKeysHours })}</p> : null}
          {text ? <Connect form={source.form} keyText={text} isFresh={Boolean(fresh)} /> : null}
        </>
      )}
    </li>
  );
}

function AddForm({ made }: { made: (source: string, text: string) => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [form, setForm] = useState<SourceForm>("browser");
  const add = useMutation({
    mutationFn: () => addSource(name.trim(), form),
    onSuccess: (source) => {
      setName("");
      made(source.id, source.keys[0]?.text ?? "");
      return cache.invalidateQueries({ queryKey: ["sources"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <>
      <form className={styles.add} onSubmit={submit}>
        <label className={parts.field}>
          {t("live.sources.name")}
          <input value={name} required maxLength={100} placeholder={t("live.sources.name_example")} onChange={(event) => setName(event.currentTarget.value)} />
        </label>
        <label className={parts.field}>
          {t("live.sources.form_title")}
          <select value={form} onChange={(event) => setForm(event.currentTarget.value as SourceForm)}>
            {kForms.map((one) => <option key={one} value={one}>{t(`live.sources.form_long.${one}`)}</option>)}
          </select>
        </label>
        <Button type="submit" loading={add.isPending} disabled={!name.trim()}>{t("live.sources.add")}</Button>
      </form>
      <Problem error={add.error} />
    </>
  );
}

/** Where events come from, with the keys of each and what to paste. With none yet: how to begin. */
export function Sources({ may, format }: { may: boolean; format: Formatter }) {
  const { t } = useTranslation();
  const parameters = useParameters();
  // Texts of keys that were made here: the server shows a secret once.
  const [fresh, setFresh] = useState<Record<string, string>>({});
  const answer = useQuery({ queryKey: ["sources"], queryFn: ({ signal }) => getSources(signal) });
  const sources = answer.data ?? [];
  const made = (source: string, text: string) => {
    setFresh((known) => ({ ...known, [source]: text }));
    // The first source brought them here; it is no reason to lead them away while they copy the key.
    parameters.set({ view: "sources" }, "replace");
  };
  const isFirst = answer.data !== undefined && sources.length === 0;
  return (
    <Section id="sources" title={t(isFirst ? "live.sources.first" : "live.sources.title")}
      text={t(isFirst ? "live.sources.first_text" : "live.sources.text")}>
      <Problem error={answer.error} />
      {isFirst ? (
        <ol className={styles.steps}>
          <li>{t("live.sources.step_name")}</li>
          <li>{t("live.sources.step_paste")}</li>
          <li>{t("live.sources.step_watch")}</li>
        </ol>
      ) : null}
      <ul className={styles.list}>
        {sources.map((source) => (
          <Card key={source.id} source={source} fresh={fresh[source.id] ?? ""} may={may} format={format} made={made} />
        ))}
      </ul>
      {may ? <AddForm made={made} /> : null}
    </Section>
  );
}
