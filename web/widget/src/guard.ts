/** What everything here stands on: the shop goes on whatever goes wrong in this script. */

/** `work`, but what it throws never reaches the shop. */
export function quietly<A extends unknown[]>(work: (...parts: A) => unknown): (...parts: A) => void {
  return (...parts) => {
    try {
      work(...parts);
    } catch {
      // A figure less; the shop matters more.
    }
  };
}

/** Hears `type` on the way down, so that a handler of the shop that stops the event does not hide it. */
export function hear(target: EventTarget, type: string, work: (event: Event) => void): void {
  target.addEventListener(type, quietly(work), { capture: true, passive: true });
}

export const now = (): number => Date.now();

/** A random id, version 4. Not by `randomUUID`, which is there in secure contexts alone. */
export function uuid(): string {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (Number(digit) / 4)))).toString(16),
  );
}

/** `text` without what can name a person: addresses with an `@`, and numbers of four digits or more. */
export function masked(text: string): string {
  return text.replace(/[^\s"'<>(),;:/?&=]+(@|%40)[^\s"'<>(),;:/?&=]+/g, "*").replace(/\d{4,}/g, "*").slice(0, 300);
}

/** Whole milliseconds; undefined, which stays out of an event, for what was not measured. */
export const whole = (value: number | undefined): number | undefined =>
  value === undefined || !(value > 0) ? undefined : Math.round(value);
