import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Apart, Rule, RuleOp } from "../../api/live_types";
import { ApartBadge, parts } from "./Parts";
import { fieldOf, kFields, opsOf, propertyOf, valuesOf, withField, type FieldName } from "./rule_form";
import styles from "./Rules.module.css";

const kAparts: Apart[] = ["bot", "staff", "test"];
const kNamed = 3;

/** `user agent contains googlebot, bingbot, applebot or 17 more`. */
function useRuleWords(): (rule: Rule) => string {
  const { t } = useTranslation();
  return (rule) => {
    const field = fieldOf(rule);
    const what = field === "property" ? t("live.rules.property_named", { name: propertyOf(rule) }) : t(`live.rules.field.${field}`);
    const op = t(`live.rules.op.${rule.op}`);
    if (rule.op === "is_true") return `${what} ${op}`;
    if (rule.values.length === 0) return `${what} ${op} … ${t("live.rules.no_values")}`;
    const named = rule.values.slice(0, kNamed).join(", ");
    const more = rule.values.length - kNamed;
    return `${what} ${op} ${named}${more > 0 ? ` ${t("live.rules.more", { count: more })}` : ""}`;
  };
}

interface FormProps {
  rule: Rule;
  wrong: boolean;
  change: (rule: Rule) => void;
  remove: () => void;
}

function Form({ rule, wrong, change, remove }: FormProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(rule.values.join("\n"));
  const field = fieldOf(rule);
  const take = (typed: string) => {
    setText(typed);
    change({ ...rule, values: valuesOf(typed) });
  };
  return (
    <div className={styles.form}>
      <label className={`${parts.field} ${styles.wide}`}>
        {t("live.rules.name")}
        <input value={rule.name} aria-invalid={wrong} onChange={(event) => change({ ...rule, name: event.currentTarget.value })} />
      </label>
      <label className={parts.field}>
        {t("live.rules.sets_apart")}
        <select value={rule.sets_apart} onChange={(event) => change({ ...rule, sets_apart: event.currentTarget.value as Apart })}>
          {kAparts.map((apart) => <option key={apart} value={apart}>{t(`live.apart.${apart}`)}</option>)}
        </select>
      </label>
      <label className={parts.field}>
        {t("live.rules.where")}
        <select value={field} onChange={(event) => change(withField(rule, event.currentTarget.value as FieldName))}>
          {kFields.map((one) => <option key={one} value={one}>{t(`live.rules.field.${one}`)}</option>)}
        </select>
      </label>
      {field === "property" ? (
        <label className={parts.field}>
          {t("live.rules.property_name")}
          <input value={propertyOf(rule)} aria-invalid={wrong} onChange={(event) => change(withField(rule, "property", event.currentTarget.value))} />
        </label>
      ) : null}
      <label className={parts.field}>
        {t("live.rules.how")}
        <select value={rule.op} onChange={(event) => {
          const op = event.currentTarget.value as RuleOp;
          change({ ...rule, op, values: op === "is_true" ? [] : valuesOf(text) });
        }}>
          {opsOf(field).map((op) => <option key={op} value={op}>{t(`live.rules.op.${op}`)}</option>)}
        </select>
      </label>
      {rule.op === "is_true" ? null : (
        <label className={`${parts.field} ${styles.wide}`}>
          {t("live.rules.values")}
          <textarea value={text} rows={Math.min(Math.max(rule.values.length, 3), 10)} aria-invalid={wrong} spellCheck={false}
            onChange={(event) => take(event.currentTarget.value)} />
        </label>
      )}
      <div className={`${parts.buttons} ${styles.wide}`}>
        <Button size="xs" variant="default" onClick={remove}>{t("live.rules.remove")}</Button>
      </div>
    </div>
  );
}

export interface RuleItemProps {
  rule: Rule;
  may: boolean;
  open: boolean;
  wrong: boolean;
  toggle: () => void;
  change: (rule: Rule) => void;
  remove: () => void;
}

/** One rule in words; its form when it is opened. */
export function RuleItem({ rule, may, open, wrong, toggle, change, remove }: RuleItemProps) {
  const { t } = useTranslation();
  const words = useRuleWords();
  return (
    <li>
      <div className={styles.summary} data-off={!rule.is_enabled}>
        <span className={parts.check}>
          <input type="checkbox" checked={rule.is_enabled} disabled={!may} aria-label={t("live.rules.enabled", { name: rule.name })}
            onChange={(event) => change({ ...rule, is_enabled: event.currentTarget.checked })} />
        </span>
        <div>
          <div className={styles.title}><strong>{rule.name}</strong><ApartBadge apart={rule.sets_apart} /></div>
          <p>{words(rule)}</p>
        </div>
        {may ? (
          <Button size="xs" variant="default" aria-expanded={open} onClick={toggle} aria-label={t(open ? "live.rules.close_named" : "live.rules.edit_named", { name: rule.name })}>
            {t(open ? "live.rules.close" : "live.rules.edit")}
          </Button>
        ) : null}
      </div>
      {open ? <Form rule={rule} wrong={wrong} change={change} remove={remove} /> : null}
    </li>
  );
}
