/** The one script of a shop: reads its tag, offers `window.cairn`, and watches. */
import { watchAppearances } from "./appearances";
import { watchClicks } from "./clicks";
import { watchErrors, watchRequests } from "./faults";
import { quietly } from "./guard";
import { type Options, readOptions } from "./options";
import { type Fields, Recorder } from "./recorder";
import { type Views, makeViews } from "./views";

type Words = [name: string, ...parts: unknown[]];

interface Api {
  [name: string]: (...parts: never[]) => unknown;
}

const asFields = (value: unknown): Fields => (value && typeof value === "object" ? (value as Fields) : {});
const asText = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

function makeApi(recorder: Recorder, views: Views | null): Api {
  const put = (type: string, fields: Fields) => recorder.put(recorder.make(type, fields));
  const safe = <A extends unknown[]>(work: (...parts: A) => void) => quietly(work);
  return {
    track: safe((event: unknown, properties?: unknown) => {
      const name = asText(event);
      if (name) recorder.track(name, asFields(properties));
    }),
    identify: safe((who: unknown, traits?: unknown) => {
      const userId = asText(who);
      if (userId) recorder.remember("user", userId);
      put("identify", { userId, traits: asFields(userId === undefined ? who : traits) });
    }),
    group: safe((which: unknown, traits?: unknown) => {
      const groupId = asText(which);
      if (!groupId) return;
      recorder.remember("group", groupId);
      put("group", { groupId, traits: asFields(traits) });
    }),
    alias: safe((who: unknown, previous?: unknown) => {
      const userId = asText(who);
      if (userId) put("alias", { userId, previousId: asText(previous) ?? recorder.anonymousId() });
    }),
    page: safe((name?: unknown, properties?: unknown) => {
      const title = asText(name);
      views?.show(title, asFields(title === undefined ? name : properties));
    }),
    order: safe((order: unknown) => {
      const fields = asFields(order);
      const lines = Array.isArray(fields.products) ? (fields.products as Fields[]) : [];
      const centsOf = ({ price, quantity = 1 }: Fields) => Math.round(Number(price) * 100) * Number(quantity);
      const cents = lines.reduce((sum, line) => sum + centsOf(line), 0);
      const sums = cents > 0 ? { revenue: cents / 100 } : {};
      if (asText(fields.order_id)) recorder.track("Order Completed", { ...sums, ...fields });
    }),
    consent: safe((answer: unknown) =>
      recorder.consent(typeof answer === "object" ? asFields(answer) : answer === true),
    ),
    reset: safe(() => recorder.reset()),
    anonymousId: () => {
      try {
        return recorder.anonymousId();
      } catch {
        return null;
      }
    },
    flush: () => recorder.queue.flush().catch(() => {}),
  };
}

/** What the shop said before this script was there: an array of calls, or a stub that keeps them in `q`. */
function wordsOf(earlier: unknown): Words[] {
  const words = Array.isArray(earlier) ? earlier : (earlier as { q?: unknown } | undefined)?.q;
  return Array.isArray(words) ? words.map((call) => Array.from(call as ArrayLike<unknown>) as Words) : [];
}

function offer(api: Api): void {
  const scope = window as unknown as { cairn?: unknown };
  const say = (...calls: Words[]) =>
    calls.forEach(quietly(([name, ...parts]: Words) => void api[name]?.(...(parts as never[]))));
  const earlier = wordsOf(scope.cairn);
  scope.cairn = { ...api, push: say, isCairn: true };
  say(...earlier);
}

function watchAll(recorder: Recorder, views: Views): void {
  quietly(watchErrors)(recorder);
  // A browser too old for one of these does without.
  let calm = () => {};
  quietly(() => (calm = watchClicks(recorder)))();
  quietly(watchRequests)(recorder, () => calm());
  quietly(views.start)();
  addEventListener("online", quietly(recorder.queue.retryNow));
  const whenRead = quietly(() => watchAppearances(recorder));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", whenRead, { once: true });
  else whenRead();
}

function start(options: Options): void {
  const recorder = new Recorder(options, window.fetch);
  const views = recorder.isBarred ? null : makeViews(recorder);
  if (views) watchAll(recorder, views);
  offer(makeApi(recorder, views));
}

quietly(() => {
  const options = readOptions();
  if (options && !(window as unknown as { cairn?: { isCairn?: boolean } }).cairn?.isCairn) start(options);
})();
