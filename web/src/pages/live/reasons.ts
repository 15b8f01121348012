/**
 * Why the server refused a call, in the reader's language. The server says it in English, as it says it to the sender.
 * The English words of `live.reasons` are its sentences, `{{a}}` and `{{b}}` where it fills something in; the same key in
 * another language is what is shown. A sentence that is not there is shown as the server said it.
 */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import en from "../../i18n/en.json";

type Key = keyof typeof en.live.reasons;

const kKeys = Object.keys(en.live.reasons) as Key[];
const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The longest sentence first: a short one with a hole would take it for its own. */
const kSentences = kKeys
  .map((key) => {
    const parts = en.live.reasons[key].split(/\{\{(\w)\}\}/);
    const pattern = parts.map((part, index) => (index % 2 === 0 ? quoted(part) : `(?<${part}>[^]*)`)).join("");
    return { key, pattern: new RegExp(`^${pattern}$`), length: en.live.reasons[key].length };
  })
  .sort((one, other) => other.length - one.length);

/** `reason` as `t`'s language says it; undefined when it is none of the sentences. A part may be a sentence, too. */
export function reasonIn(t: TFunction, reason: string): string | undefined {
  for (const { key, pattern } of kSentences) {
    const found = pattern.exec(reason);
    if (!found) continue;
    const holes = Object.entries(found.groups ?? {}).map(([name, part]) => [name, reasonIn(t, part) ?? part]);
    return t(`live.reasons.${key}`, Object.fromEntries(holes) as { a: string; b: string; c: string });
  }
  return undefined;
}

export function useReason(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => reasonIn(t, reason) ?? reason;
}
