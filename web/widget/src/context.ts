/** Who, where and with what: the parts of an event that the shop does not say itself. */
import { masked, now, uuid } from "./guard";
import type { Options } from "./options";
import { readJson, write } from "./store";

const kVersion = "1";
const kSession_ms = 1_800_000;

interface Session {
  id: string;
  /** When it was last seen. */
  t: number;
  campaign?: { [name: string]: string } | undefined;
}

export interface Place {
  path: string;
  url: string;
  search: string;
  referrer: string;
}

/** `address` without its fragment and its parameters, but for those that `options` lets through. */
export function cleaned(address: string, options: Options): string {
  if (!address) return "";
  try {
    const url = new URL(address, location.href);
    for (const name of [...url.searchParams.keys()])
      if (!name.startsWith("utm_") && !options.query.includes(name)) url.searchParams.delete(name);
    return masked_(url.origin + url.pathname) + url.search;
  } catch {
    return "";
  }
}

/** Numbers stay: they are what tells one product's page from another's. */
const masked_ = (address: string): string => (/@|%40/.test(address) ? masked(address) : address);

export function placeOf(referrer: string, options: Options): Place {
  const url = cleaned(location.href, options);
  return {
    path: masked_(location.pathname),
    url,
    search: new URL(url).search,
    referrer: cleaned(referrer, options),
  };
}

/** As it is now: many a page sets it late. */
export const titleNow = (): string => masked_(document.title);

/** utm_source=x as source, and utm_campaign as name. */
function campaign(): { [name: string]: string } | undefined {
  const out: { [name: string]: string } = {};
  for (const [name, value] of new URLSearchParams(location.search))
    if (name.startsWith("utm_") && value) out[name === "utm_campaign" ? "name" : name.slice(4)] = masked(value);
  return Object.keys(out).length ? out : undefined;
}

/** The visit that goes on: until half an hour without an event, or another campaign. */
export function session(): Session {
  const arrived = campaign();
  let current = readJson<Session>("session");
  const isOther = arrived && JSON.stringify(arrived) !== JSON.stringify(current?.campaign);
  if (!current?.id || now() - current.t > kSession_ms || isOther) current = { id: uuid(), t: 0, campaign: arrived };
  current.t = now();
  write("session", JSON.stringify(current));
  return current;
}

/** What all events of a page share. The user agent is in the request. */
export function deviceContext(): object {
  const { width, height } = screen;
  const isTouch = matchMedia("(pointer: coarse)").matches;
  return {
    library: { name: "cairn.js", version: kVersion },
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width, height, innerWidth, innerHeight, density: devicePixelRatio },
    device: { type: isTouch ? (Math.min(width, height) < 600 ? "phone" : "tablet") : "desktop" },
  };
}
