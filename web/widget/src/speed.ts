/** How long the visitor waited for this document, as the browser measured it. */
import { hear, quietly, whole } from "./guard";
import type { Fields } from "./recorder";

/** Above these a page is slow: two of the brand's wishes, and what web.dev calls poor. */
const kLoadMax_ms = 3000;
const kLcpMax_ms = 4000;
const kInpMax_ms = 500;

let lcp = 0;
let inp = 0;
let wasHidden = document.visibilityState === "hidden";

function observe(type: string, work: (entry: PerformanceEntry & { interactionId?: number }) => void): void {
  quietly(() => {
    const observer = new PerformanceObserver(
      quietly((list: PerformanceObserverEntryList) => list.getEntries().forEach(work)),
    );
    observer.observe({ type, buffered: true, durationThreshold: 104 } as PerformanceObserverInit);
  })();
}

export function measureSpeed(): void {
  // A page that opens out of sight draws nothing until it is looked at.
  hear(document, "visibilitychange", () => (wasHidden = true));
  observe("largest-contentful-paint", (entry) => {
    if (!wasHidden) lcp = entry.startTime;
  });
  observe("event", (entry) => {
    if (entry.interactionId) inp = Math.max(inp, entry.duration);
  });
}

/** What is known so far; `inp_ms` is the slowest answer to a click, a touch or a key. */
export function speed(): Fields {
  type Load = PerformanceNavigationTiming & { activationStart?: number };
  const [load] = performance.getEntriesByType("navigation") as Load[];
  const start = load?.activationStart ?? 0;
  const since = (at: number | undefined) => (at ? whole(at - start) : undefined);
  const ttfb_ms = since(load?.responseStart);
  return { ttfb_ms, load_ms: since(load?.loadEventEnd), lcp_ms: since(lcp), inp_ms: whole(inp) };
}

/** Why the page counts as slow; null when it does not. */
export function slowness({ load_ms, lcp_ms, inp_ms }: Fields): string | null {
  const isAbove = (value: unknown, limit: number) => typeof value === "number" && value > limit;
  if (isAbove(lcp_ms, kLcpMax_ms)) return "lcp";
  if (isAbove(load_ms, kLoadMax_ms)) return "load";
  return isAbove(inp_ms, kInpMax_ms) ? "inp" : null;
}
