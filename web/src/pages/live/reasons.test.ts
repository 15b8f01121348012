import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import en from "../../i18n/en.json";
import fr from "../../i18n/fr.json";
import { reasonIn } from "./reasons";

const languages = i18next.createInstance();
const say = (language: "en" | "fr", reason: string) => reasonIn(languages.getFixedT(language), reason);

beforeAll(() => languages.init({
  resources: { en: { translation: en }, fr: { translation: fr } }, interpolation: { escapeValue: false }, initAsync: false,
}));

/** Where a call is read, checked, and given to somebody: what these say may stand on the page. */
const kSpeakers = [
  "base/time.cpp", "events/calls.cpp", "events/model.cpp", "events/wording.cpp", "ingest/intake.cpp", "ingest/reading.cpp",
  "json/parse.cpp", "people/identities.cpp",
];
const kFailure = /\bfail(?:_at)?\(\s*(?:Code::\w+|std::string\(\w+\)|"\w+"|[\w.]+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/g;

function sentences(file: string): string[] {
  const source = readFileSync(fileURLToPath(new URL(`../../../../src/${file}`, import.meta.url)), "utf8");
  return [...source.matchAll(kFailure)]
    .map(([, literals]) => [...literals!.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join(""))
    .filter((text) => text !== "{}");
}

describe("why a call was refused", () => {
  it("is said in French whatever the server may say", () => {
    const said = kSpeakers.flatMap((file) => sentences(file));
    expect(said.length).toBeGreaterThan(20);
    for (const text of said) {
      const reason = text.replace(/\{\}/g, "X");
      expect(say("fr", reason), reason).toBeDefined();
      expect(say("fr", reason), reason).not.toBe(reason);
    }
  });
  it("is in English what the server says", () => {
    for (const text of Object.values(en.live.reasons)) {
      const reason = text.replace(/\{\{\w\}\}/g, "X");
      expect(say("en", reason)).toBe(reason);
    }
  });
  it("keeps what the server filled in, and translates a reason within it", () => {
    expect(say("fr", "'8 o'clock' is not a time; write it like 2026-03-29T14:05:00Z or 2026-03-29 14:05:00"))
      .toBe("« 8 o'clock » n’est pas une heure ; écrivez-la comme 2026-03-29T14:05:00Z ou 2026-03-29 14:05:00");
    expect(say("fr", "line 1, column 9: the text ends too early")).toBe("ligne 1, colonne 9 : le texte finit trop tôt");
    expect(say("fr", "a call is an object, not number 5")).toBe("un appel est un objet, et non le nombre 5");
    expect(say("fr", "nobody is named: phone '12' is none")).toBe("personne n’est nommé : phone « 12 » n’en est pas un");
  });
  it("is left as it was when it is no sentence that is known", () => {
    expect(say("fr", "a word of another time")).toBeUndefined();
  });
});
