/** Rules as the form shows them, and back. Pure. */
import type { Rule, RuleOp } from "../../api/live_types";

export const kFields = ["user_agent", "ip", "email", "identifier", "kind", "property"] as const;
export type FieldName = (typeof kFields)[number];

const kPrefix = "property:";

export const fieldOf = (rule: Rule): FieldName => kFields.find((field) => field === rule.field) ?? "property";
export const propertyOf = (rule: Rule): string => (rule.field.startsWith(kPrefix) ? rule.field.slice(kPrefix.length) : "");

const kTextOps: RuleOp[] = ["contains", "equals", "starts_with", "ends_with"];

/** What may be asked of a field. */
export function opsOf(field: FieldName): RuleOp[] {
  if (field === "ip") return ["in_network", "equals"];
  return field === "property" ? [...kTextOps, "is_true"] : kTextOps;
}

/** The rule with another field: what it is compared by follows where it must. */
export function withField(rule: Rule, field: FieldName, property = propertyOf(rule)): Rule {
  const ops = opsOf(field);
  const op = ops.includes(rule.op) ? rule.op : ops[0] ?? "contains";
  return { ...rule, field: field === "property" ? kPrefix + property : field, op, values: op === "is_true" ? [] : rule.values };
}

/** A value a line; empty lines are none. */
export const valuesOf = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

export function freshRule(names: readonly string[], name: string): Rule {
  let unique = name;
  for (let n = 2; names.includes(unique); ++n) unique = `${name} ${n}`;
  return { name: unique, sets_apart: "staff", field: "email", op: "ends_with", values: [], is_enabled: true };
}

/** `rules[3].values[0]` → 3. */
export function ruleAt(field: string | null): number | null {
  const match = /^rules\[(\d+)\]/.exec(field ?? "");
  return match ? Number(match[1]) : null;
}
