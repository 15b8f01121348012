/**
 * What is kept in the visitor's browser, under names that begin with `cairn_`, by this shop and for this shop:
 * `cairn_id` and `cairn_consent` in a cookie too, so that the shop's other hosts know them; the rest in localStorage.
 */
const kPrefix = "cairn_";
const kYear_s = 31_536_000;

let cookieDomain = "";

export function useCookieDomain(domain: string): void {
  cookieDomain = domain;
}

/** Null too where storage is switched off. */
export function read(name: string): string | null {
  try {
    return localStorage.getItem(kPrefix + name);
  } catch {
    return null;
  }
}

/** Null removes. False when it could not be kept: storage is off, or full. */
export function write(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(kPrefix + name);
    else localStorage.setItem(kPrefix + name, value);
    return true;
  } catch {
    return false;
  }
}

export function readJson<T>(name: string): T | null {
  try {
    return JSON.parse(read(name) ?? "null") as T | null;
  } catch {
    return null;
  }
}

export function names(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(kPrefix)).map((key) => key.slice(kPrefix.length));
  } catch {
    return [];
  }
}

function setCookie(name: string, value: string, age_s: number): void {
  document.cookie =
    `${kPrefix}${name}=${value}; Path=/; Max-Age=${age_s}; SameSite=Lax` +
    (cookieDomain ? `; Domain=${cookieDomain}` : "") + (location.protocol === "https:" ? "; Secure" : "");
}

/** The cookie first: another host of the shop may have changed it. */
export function readShared(name: string): string | null {
  const found = new RegExp(`(?:^|; )${kPrefix}${name}=([^;]*)`).exec(document.cookie);
  return found ? found[1]! : read(name);
}

/** The cookie first: a page that hears of a change in storage finds the cookie changed, too. */
export function writeShared(name: string, value: string | null): void {
  setCookie(name, value ?? "", value === null ? 0 : kYear_s);
  write(name, value);
}

/** Everything but the visitor's answer, on this host and in the cookie. */
export function forgetAll(): void {
  if (readShared("id") !== null) writeShared("id", null);
  for (const name of names()) if (name !== "consent") write(name, null);
}
