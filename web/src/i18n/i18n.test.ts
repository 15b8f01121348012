import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { chooseLanguage } from ".";
import en from "./en.json";
import fr from "./fr.json";

type Words = { [key: string]: string | Words };

function flat(words: Words, prefix = ""): Map<string, string> {
  return new Map(Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)]));
}

const kPlural = /_(zero|one|two|few|many|other)$/;
const baseKeys = (words: Map<string, string>) => [...new Set([...words.keys()].map((key) => key.replace(kPlural, "")))].sort();
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

const languages = { en: flat(en), fr: flat(fr) };

function sources(): string {
  const root = fileURLToPath(new URL("..", import.meta.url));
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
    .map((name) => readFileSync(`${root}/${name}`, "utf8")).join("\n");
}

describe("both languages", () => {
  it("have the same keys", () => {
    expect(languages.en.size).toBeGreaterThan(100);
    expect(baseKeys(languages.fr)).toEqual(baseKeys(languages.en));
  });
  it("fill the same holes", () => {
    for (const [key, text] of languages.en) {
      const other = languages.fr.get(key) ?? languages.fr.get(key.replace(kPlural, "_other")) ?? "";
      expect(holes(other), key).toEqual(holes(text));
    }
  });
  it("have every plural form that the language counts with", () => {
    for (const [language, words] of Object.entries(languages)) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const counted = [...words.keys()].filter((key) => kPlural.test(key)).map((key) => key.replace(kPlural, ""));
      for (const key of new Set(counted)) {
        for (const form of forms) expect(words.has(`${key}_${form}`), `${language} ${key}_${form}`).toBe(true);
      }
    }
  });
  it("leave nothing empty", () => {
    for (const words of Object.values(languages)) for (const [key, text] of words) expect(text.trim(), key).not.toBe("");
  });
});

describe("words", () => {
  it("are all used", () => {
    const text = sources();
    const built = [...text.matchAll(/`([a-z]+\.[\w.]*)\$\{/g)].map((match) => match[1] ?? "");
    const unused = baseKeys(languages.en).filter((key) =>
      !text.includes(`"${key}"`) && !built.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });
});

describe("language", () => {
  it("is that of the address, else the one chosen before, else the browser's, else English", () => {
    expect(chooseLanguage("fr", "en", ["en-GB"])).toBe("fr");
    expect(chooseLanguage("de", "fr", ["en-GB"])).toBe("fr");
    expect(chooseLanguage(null, null, ["de-DE", "fr-CA", "en"])).toBe("fr");
    expect(chooseLanguage(null, null, ["de-DE"])).toBe("en");
    expect(chooseLanguage("FR-be", null, [])).toBe("fr");
  });
});
