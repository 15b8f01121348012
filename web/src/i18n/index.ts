/** Both languages travel with the page (a few kilobytes), so switching is instant and nothing flashes. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import fr from "./fr.json";

export const kLanguages = ["en", "fr"] as const;
export type Language = (typeof kLanguages)[number];

const kStorageKey = "cairn.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const known = (word: string | null | undefined): Language | undefined =>
  kLanguages.find((language) => word?.toLowerCase().split("-")[0] === language);

/** The address first, then what was chosen before, then the browser's wishes in order, then English. */
export function chooseLanguage(asked: string | null, stored: string | null, browser: readonly string[]): Language {
  return known(asked) ?? known(stored) ?? browser.map(known).find((language) => language !== undefined) ?? "en";
}

/** Storage may be forbidden by the browser; then a choice lasts as long as the page. */
function remembered(): string | null {
  try {
    return localStorage.getItem(kStorageKey);
  } catch {
    return null;
  }
}

export function setLanguage(language: Language): void {
  try {
    localStorage.setItem(kStorageKey, language);
  } catch {
    // Nothing to do: see remembered().
  }
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {
    url.searchParams.set("lang", language);
    history.replaceState(null, "", url);
  }
  void i18next.changeLanguage(language);
}

export function startI18n(): void {
  const asked = new URLSearchParams(location.search).get("lang");
  const follow = (language: string) => (document.documentElement.lang = language);
  i18next.on("languageChanged", follow);
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, fr: { translation: fr } },
    lng: chooseLanguage(asked, remembered(), navigator.languages),
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  if (known(asked)) setLanguage(known(asked) as Language);
}
