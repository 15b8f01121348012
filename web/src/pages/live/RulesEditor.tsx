import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/client";
import { getRules, saveRules, tryRules } from "../../api/live";
import type { Rule, Rules, RuleSample } from "../../api/live_types";
import { Section } from "../../components/Section";
import { ApartBadge, parts, Problem } from "./Parts";
import { freshRule, ruleAt } from "./rule_form";
import { RuleItem } from "./RuleForm";
import styles from "./Rules.module.css";

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}

/** A made-up event against the rules as they stand in the form, saved or not. */
function TryOut({ rules }: { rules: Rule[] }) {
  const { t } = useTranslation();
  const [sample, setSample] = useState<Omit<RuleSample, "properties">>({ user_agent: "", ip: "", kind: "Order Completed", email: "" });
  const [properties, setProperties] = useState('{"coupon": "TEST10"}');
  const object = objectOf(properties);
  const ask = useMutation({ mutationFn: tryRules });
  const field = (name: "user_agent" | "ip" | "kind" | "email") => (
    <label className={parts.field}>
      {t(`live.rules.field.${name}`)}
      <input value={sample[name]} onChange={(event) => setSample({ ...sample, [name]: event.currentTarget.value })} />
    </label>
  );
  return (
    <div className={styles.try}>
      <h3>{t("live.rules.try_title")}</h3>
      <p>{t("live.rules.try_text")}</p>
      <div className={styles.sample}>
        {field("user_agent")}
        {field("ip")}
        {field("email")}
        {field("kind")}
        <label className={parts.field}>
          {t("live.rules.properties")}
          <textarea rows={2} value={properties} spellCheck={false} aria-invalid={object === null}
            onChange={(event) => setProperties(event.currentTarget.value)} />
        </label>
      </div>
      <div className={parts.buttons}>
        <Button size="xs" loading={ask.isPending} disabled={object === null}
          onClick={() => ask.mutate({ ...sample, properties: object ?? {}, rules })}>{t("live.rules.try")}</Button>
        <Button size="xs" variant="default" onClick={() => setSample({ ...sample, user_agent: navigator.userAgent })}>
          {t("live.rules.my_browser")}
        </Button>
      </div>
      <Problem error={ask.error} />
      {ask.data ? (
        <div role="status">
          {ask.data.matches.length === 0 ? <p className={parts.done}>{t("live.rules.no_match")}</p> : (
            <ul className={styles.matches}>
              {ask.data.matches.map((match) => (
                <li key={`${match.rule} ${match.value}`}>
                  <ApartBadge apart={match.sets_apart} /> {match.rule}{match.value ? <>: <code>{match.value}</code></> : null}
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : null}
    </div>
  );
}

const same = (a: Rule[], b: Rule[]): boolean => JSON.stringify(a) === JSON.stringify(b);

function Editor({ known, may }: { known: Rules; may: boolean }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [rules, setRules] = useState(known.rules);
  const [open, setOpen] = useState<number | null>(null);
  const [revision, setRevision] = useState(0);
  const save = useMutation({
    mutationFn: () => saveRules(rules, known.version),
    onSuccess: (saved) => {
      cache.setQueryData(["rules"], saved);
      setRules(saved.rules);
      setOpen(null);
    },
    onError: (error) => setOpen(ruleAt(error instanceof ProblemError ? error.problem.field : null) ?? open),
  });
  const wrong = save.error instanceof ProblemError ? ruleAt(save.error.problem.field) : null;
  const change = (next: Rule[]) => {
    save.reset();
    setRules(next);
  };
  /** The form of an opened rule keeps what is typed; another list needs another form. */
  const replace = (next: Rule[]) => {
    change(next);
    setOpen(null);
    setRevision(revision + 1);
  };
  const add = () => {
    change([...rules, freshRule(rules.map((rule) => rule.name), t("live.rules.fresh"))]);
    setOpen(rules.length);
  };
  const conflict = save.error instanceof ProblemError && save.error.problem.status === 409;
  return (
    <>
      <ul className={styles.rules} key={revision}>
        {rules.map((rule, index) => (
          <RuleItem key={index} rule={rule} may={may} open={open === index} wrong={wrong === index}
            toggle={() => setOpen(open === index ? null : index)}
            change={(changed) => change(rules.map((one, place) => (place === index ? changed : one)))}
            remove={() => replace(rules.filter((_, place) => place !== index))} />
        ))}
      </ul>
      <Problem error={save.error} />
      {may ? (
        <div className={styles.bar} data-changed={!same(rules, known.rules)}>
          <div className={parts.buttons}>
            <Button size="xs" variant="default" onClick={add}>{t("live.rules.add")}</Button>
            {same(rules, known.defaults) ? null : (
              <Button size="xs" variant="default" onClick={() => replace(known.defaults)}>{t("live.rules.defaults")}</Button>
            )}
          </div>
          {same(rules, known.rules) ? (save.isSuccess ? <p role="status">{t("live.rules.saved")}</p> : null) : (
            <div className={parts.buttons}>
              <p>{t("live.rules.changed")}</p>
              <Button size="xs" variant="default" onClick={() => {
                replace(known.rules);
                if (conflict) void cache.invalidateQueries({ queryKey: ["rules"] });
              }}>{t("live.rules.discard")}</Button>
              <Button size="xs" loading={save.isPending} onClick={() => save.mutate()}>{t("live.rules.save")}</Button>
            </div>
          )}
        </div>
      ) : null}
      <TryOut rules={rules} />
    </>
  );
}

/** What sets apart bots, staff and tests. */
export function RulesEditor({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ["rules"], queryFn: ({ signal }) => getRules(signal) });
  return (
    <Section id="rules" title={t("live.rules.title")} text={t("live.rules.text")}>
      <Problem error={answer.error} />
      {answer.data ? <Editor key={answer.data.version} known={answer.data} may={may} /> : null}
    </Section>
  );
}
