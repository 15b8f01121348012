/** The address is the page's state: a link shows a colleague the same picture. */
import { useCallback, useSyncExternalStore } from "react";

const kMoved = "cairn:moved";

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  addEventListener(kMoved, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(kMoved, listener);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** `changes` with an empty value leave the address. `push` makes a step that the back button undoes. */
export function withParameters(href: string, changes: Record<string, string>): string {
  const url = new URL(href);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url.pathname + url.search;
}

export interface Parameters {
  get: (name: string) => string;
  set: (changes: Record<string, string>, how?: "push" | "replace") => void;
}

export function useParameters(): Parameters {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const get = useCallback((name: string) => new URLSearchParams(search).get(name) ?? "", [search]);
  const set = useCallback((changes: Record<string, string>, how: "push" | "replace" = "push") => {
    const address = withParameters(location.href, changes);
    if (how === "push") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    dispatchEvent(new Event(kMoved));
  }, []);
  return { get, set };
}
