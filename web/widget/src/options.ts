/** What the shop wrote on the script tag. */
export interface Options {
  key: string;
  /** Where batches go, without the slash at the end. */
  host: string;
  /** Nothing is stored or sent until the visitor has said yes. */
  asksConsent: boolean;
  /** False: a visitor whose browser asks not to be tracked is measured all the same. */
  heedsSignal: boolean;
  followsHistory: boolean;
  /** False: the shop calls `cairn.page()` itself. */
  countsPages: boolean;
  cookieDomain: string;
  /** Put on events that have an amount and no currency. */
  currency: string;
  release: string;
  /** Parameters of the address that may be kept, besides utm_*. */
  query: string[];
}

/** Null when there is no tag with a key: then there is nothing to do. */
export function readOptions(): Options | null {
  const tag = (document.currentScript ?? document.querySelector("script[data-key]")) as HTMLScriptElement | null;
  const { dataset, src } = tag ?? { dataset: {} as DOMStringMap, src: "" };
  if (!dataset.key) return null;
  return {
    key: dataset.key,
    host: (dataset.host ?? new URL(src, location.href).origin).replace(/\/+$/, ""),
    asksConsent: dataset.consent === "required",
    heedsSignal: dataset.dnt !== "ignore",
    followsHistory: "spa" in dataset && dataset.spa !== "false",
    countsPages: dataset.page !== "manual",
    cookieDomain: dataset.cookieDomain ?? "",
    currency: dataset.currency ?? "",
    release: dataset.release ?? "",
    query: (dataset.query ?? "").split(/[\s,]+/),
  };
}

/** Do Not Track, or Global Privacy Control. */
export function asksNotToBeTracked(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return doNotTrack === "1" || globalPrivacyControl === true;
}
