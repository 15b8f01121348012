/**
 * From `put` to the server, each event exactly once: it keeps its `messageId` however often it is sent, and stays in
 * localStorage until the server has answered 200.
 *
 * Each page has a record of its own, `cairn_q_<page>`. A page that goes away leaves its record free (`t` 0), one that
 * dies leaves it to grow old; the next page takes such records over. Two pages that take the same one at the same time
 * do no harm: the server knows the messageIds.
 */
import { now, quietly, uuid } from "./guard";
import { names, read, readJson, write } from "./store";

export interface Call {
  type: string;
  messageId: string;
  timestamp: string;
  [field: string]: unknown;
}

/** A page's record in localStorage. */
interface Stored {
  /** When its page was last at work; 0: the page is gone. */
  t: number;
  e: Call[];
  /** What is to be sent should the page never come back: how long it was looked at. */
  draft?: Call | undefined;
  /** How many had to be dropped, not told yet. */
  dropped: number;
}

export interface Outlet {
  url: string;
  key: string;
  /** What all events of a batch share. */
  context: () => object;
  isOpen: () => boolean;
  tellDropped: (count: number) => void;
}

const kPrefix = "q_";
const kEventsMax = 500;
const kCharsMax = 256_000;
const kBatchMax = 100;
/** A browser lets 64 KiB at a time outlive their page, headers not counted. */
const kBytesMax = 60_000;
const kKeptMax = 64_000;
const kWait_ms = 1000;
const kWaitMax_ms = 60_000;
const kRetryAfterMax_s = 300;
const kOld_ms = 90_000;
/** A page that was only hidden may come back; after so long its draft is taken as said. */
const kGone_ms = 1_800_000;

const size = (text: string): number => new Blob([text]).size;

export interface Queue {
  put: (call: Call) => void;
  /** Keeps `call` in case this page is never heard of again; without one, forgets it. False: another page told it. */
  keepDraft: (call?: Call) => boolean;
  flush: () => Promise<void>;
  /** The line is back: what waited for it need not wait longer. A server that asked for patience is given it. */
  retryNow: () => void;
  /** The page goes away: what is left flies on its own, and stays for the next page, which hears the answer. */
  leave: () => void;
  /** Takes over what pages left that are gone. One page at a time where the browser can see to it. */
  adopt: () => void;
  clear: () => void;
}

/** `send` is the browser's own fetch, before anything was wrapped around it. */
export function makeQueue(outlet: Outlet, send: typeof fetch): Queue {
  const name = kPrefix + uuid();
  let mine: Stored = { t: 0, e: [], dropped: 0 };
  let isSaved = false;
  let flying = new Set<string>();
  let run: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let waitUntil = 0;
  let batchMax = kBatchMax;
  let isRefused = false;

  function clear(): void {
    mine = { t: 0, e: [], dropped: 0 };
    isSaved = false;
  }

  /** What is in storage is the truth. False when the record is gone: another page has taken it over. */
  function reread(): boolean {
    const isThere = !isSaved || read(name) !== null;
    if (!isThere) clear();
    return isThere;
  }

  function dropOldest(): void {
    mine.e.shift();
    ++mine.dropped;
  }

  function save(isLeaving = false): void {
    while (mine.e.length > kEventsMax) dropOldest();
    mine.t = isLeaving ? 0 : now();
    let text: string | null = null;
    if (mine.e.length || mine.draft || mine.dropped)
      while ((text = JSON.stringify(mine)).length > kCharsMax && mine.e.length) dropOldest();
    if (text === null && !isSaved) return;
    // A record that does not fit any more is out of date, so it goes.
    isSaved = write(name, text) ? text !== null : (write(name, null), false);
  }

  const wait_ms = () => Math.max(waitUntil, Number(read("wait")) || 0) - now();
  const mayTry = () => outlet.isOpen() && !isRefused && wait_ms() <= 0;

  function flushIn(delay_ms: number): void {
    if (isRefused || !outlet.isOpen()) return;
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), delay_ms);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    return (run ??= work().catch(() => {}).finally(() => {
      run = null;
      // Whoever asked for a flush at the last moment was given a run that had ended.
      if (mine.e.length && timer === undefined) flushIn(kWait_ms);
    }));
  }

  async function work(): Promise<void> {
    for (;;) {
      reread();
      if (!mine.e.length || !outlet.isOpen() || isRefused) return;
      if (!mayTry()) return flushIn(wait_ms());
      save();
      if (!(await tryOnce(take(mine.e)))) return;
    }
  }

  /** As many from the front as one request may hold, one at least. */
  function take(calls: Call[]): Call[] {
    const out: Call[] = [];
    let bytes = 1000;
    for (const call of calls) {
      bytes += size(JSON.stringify(call)) + 1;
      if (out.length && (bytes > kBytesMax || out.length >= batchMax)) break;
      out.push(call);
    }
    return out;
  }

  const bodyOf = (batch: Call[]): string =>
    JSON.stringify({ batch, context: outlet.context(), sentAt: new Date().toISOString(), writeKey: outlet.key });

  /** As text/plain and with the key in the body, so that the browser need not ask first whether it may. */
  const post = (body: string): Promise<Response> =>
    send.call(window, outlet.url, {
      method: "POST",
      body,
      headers: { "Content-Type": "text/plain" },
      credentials: "omit",
      keepalive: size(body) < kKeptMax,
    });

  /** True: go on with the next batch. */
  async function tryOnce(batch: Call[]): Promise<boolean> {
    const ids = new Set(batch.map((call) => call.messageId));
    flying = ids;
    let status = 0;
    let retryAfter: string | null = null;
    try {
      const answer = await post(bodyOf(batch));
      status = answer.status;
      retryAfter = answer.headers.get("Retry-After");
    } catch {
      // No answer: it may have arrived or not, so the same again.
    }
    flying = new Set();
    if (status >= 200 && status < 300) return done(ids, true);
    if (!status || status === 408 || status === 425 || status === 429 || status >= 500) return waitFor(retryAfter);
    if (status !== 400 && status !== 413) {
      // An unknown key, a wrong address: nothing that trying again mends. The events stay for a page with a right one.
      isRefused = true;
      return false;
    }
    // Something in it is not to the server's taste: half as many, down to the one that is let go.
    if (batch.length === 1) return done(ids, false);
    batchMax = batch.length >> 1;
    return true;
  }

  function done(ids: Set<string>, isTaken: boolean): true {
    reread();
    mine.e = mine.e.filter((call) => !ids.has(call.messageId));
    const { dropped } = mine;
    if (isTaken) {
      failures = mine.dropped = 0;
      batchMax = kBatchMax;
    } else {
      ++mine.dropped;
    }
    save();
    if (isTaken && dropped) outlet.tellDropped(dropped);
    return true;
  }

  function waitFor(retryAfter: string | null): false {
    const asked_s = retryAfter ? Number(retryAfter) || (Date.parse(retryAfter) - now()) / 1000 : 0;
    let delay_ms = Math.min(kWaitMax_ms, kWait_ms * 2 ** failures++) * (0.5 + Math.random() / 2);
    if (asked_s > 0) {
      delay_ms = Math.min(asked_s, kRetryAfterMax_s) * 1000;
      // For every page of the shop, this one reloaded too.
      write("wait", String(now() + delay_ms));
    } else {
      waitUntil = now() + delay_ms;
    }
    flushIn(delay_ms);
    return false;
  }

  function adoptOne(other: string): void {
    const theirs = readJson<Stored>(other);
    const age_ms = now() - (theirs?.t ?? 0);
    if (theirs?.t && age_ms < (theirs.draft ? kGone_ms : kOld_ms)) return;
    write(other, null);
    if (!Array.isArray(theirs?.e)) return;
    const known = new Set(mine.e.map((call) => call.messageId));
    const calls = theirs.draft ? [...theirs.e, theirs.draft] : theirs.e;
    mine.e.unshift(...calls.filter((call) => !known.has(call.messageId)));
    mine.dropped += theirs.dropped || 0;
    if (timer === undefined) flushIn(kWait_ms);
  }

  function adopt(): void {
    const takeAll = quietly(() => {
      for (const other of names()) if (other.startsWith(kPrefix) && other !== name) adoptOne(other);
      if (mine.e.length) save();
    });
    const { locks } = navigator;
    if (locks) locks.request("cairn", { ifAvailable: true }, (lock) => lock && takeAll()).catch(() => {});
    else takeAll();
  }

  return {
    flush,
    adopt,
    clear,
    put(call) {
      reread();
      mine.e.push(call);
      save();
      if (timer === undefined) flushIn(kWait_ms);
    },
    keepDraft(call) {
      const isThere = reread();
      mine.draft = call;
      save();
      return isThere;
    },
    retryNow() {
      waitUntil = failures = 0;
      adopt();
      void flush();
    },
    leave() {
      reread();
      save(true);
      const rest = mine.e.filter((call) => !flying.has(call.messageId));
      if (!rest.length || !mayTry()) return;
      const body = bodyOf(take(rest));
      if ("keepalive" in Request.prototype) post(body).catch(() => {});
      else navigator.sendBeacon(outlet.url, new Blob([body], { type: "text/plain" }));
    },
  };
}
