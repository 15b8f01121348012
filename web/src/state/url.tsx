/** The address is the page's state: a link shows a colleague the same picture. */
import { useCallback, useSyncExternalStore, type ComponentPropsWithoutRef, type MouseEvent } from "react";

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

/** To another page, as a step that the back button undoes; the language goes along. `stay`: the page stays where it is. */
export function goTo(href: string, stay = false): void {
  const language = new URLSearchParams(location.search).get("lang");
  history.pushState(null, "", language ? withParameters(new URL(href, location.href).href, { lang: language }) : href);
  dispatchEvent(new Event(kMoved));
  if (!stay) scrollTo(0, 0);
}

/** A link within the page; with a modifier key it is any link. */
export function Link({ href, onClick, stay = false, ...rest }: ComponentPropsWithoutRef<"a"> & { href: string; stay?: boolean }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(href, stay);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
