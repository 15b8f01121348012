/**
 * What broke: errors of scripts, and requests that failed. The shop's own code sees neither of it any differently, as
 * long as the tag says `crossorigin`: without it a browser keeps what went through a script of another host from the
 * shop's own `unhandledrejection`.
 */
import { hear, masked, now, quietly } from "./guard";
import type { Recorder } from "./recorder";

const kErrorsMax = 10;
const kRequestsMax = 20;
/** So long a request that was cut off may turn out to be one that its page has left behind. */
const kDoubt_ms = 300;
const kNotTheShops = /^(chrome|moz|safari-web|safari)-extension:|^ResizeObserver loop/;

export function watchErrors(recorder: Recorder): void {
  const known = new Set<string>();
  const tell = (error: unknown, message: string, source = "", line?: number, column?: number) => {
    if (kNotTheShops.test(source) || kNotTheShops.test(message)) return;
    const key = [message, source, line].join();
    if (known.has(key) || known.size >= kErrorsMax) return;
    known.add(key);
    recorder.track("Script Error Met", {
      message: masked(message),
      error: error instanceof Error ? error.name : undefined,
      source: source ? pathOf(source).path : undefined,
      line: line || undefined,
      column: column || undefined,
      path: recorder.place.path,
      release: recorder.options.release || undefined,
    });
  };
  hear(window, "error", (event) => {
    if (event instanceof ErrorEvent) tell(event.error, event.message, event.filename, event.lineno, event.colno);
  });
  hear(window, "unhandledrejection", (event) => {
    const { reason } = event as PromiseRejectionEvent;
    const [, source, line, column] = /(https?:\/\/[^\s)]+?):(\d+):(\d+)/.exec(String(reason?.stack ?? "")) ?? [];
    // Whatever else was thrown may be a thing of the customer's; only its being thrown is told.
    const thrown = `Unhandled rejection (${typeof reason})`;
    const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : thrown;
    tell(reason, message, source, Number(line), Number(column));
  });
}

/** Where a request went, without what follows the question mark and without what names one thing or person. */
function pathOf(address: string): { path: string; host: string | undefined } {
  const url = new URL(address, location.href);
  const path = url.pathname
    .split("/")
    .map((part) => (/@|%40|\d{5}|^[\da-f-]{16,}$/i.test(part) ? "*" : part))
    .join("/");
  return { path, host: url.host === location.host ? undefined : url.host };
}

/** `onRequest` hears of each that begins. */
export function watchRequests(recorder: Recorder, onRequest: () => void): void {
  let count = 0;
  let isLeaving = false;
  hear(window, "pagehide", () => (isLeaving = true));
  hear(window, "pageshow", () => (isLeaving = false));

  const isOurs = (address: string) => address.startsWith(recorder.options.host + "/v1/");
  const tell = (method: string, address: string, start: number, status: number, reason: string) => {
    if (isOurs(address) || (status > 0 && status < 400) || count >= kRequestsMax) return;
    ++count;
    if (!status && !navigator.onLine) reason = "offline";
    const { path, host } = pathOf(address);
    const duration_ms = now() - start;
    const properties = { path, host, method, status, reason, duration_ms, page_path: recorder.place.path };
    const track = quietly(() => isLeaving || recorder.track("Request Failed", properties));
    if (status) track();
    else setTimeout(track, kDoubt_ms);
  };
  wrapFetch(quietly(tell), onRequest);
  wrapXhr(quietly(tell), onRequest);
}

type Tell = (method: string, address: string, start: number, status: number, reason: string) => void;

function wrapFetch(tell: Tell, onRequest: () => void): void {
  const { fetch } = window;
  if (typeof fetch !== "function") return;
  window.fetch = function (this: unknown, ...parts: Parameters<typeof fetch>) {
    const start = now();
    let method = "GET";
    let address = "";
    quietly(() => {
      const [input, init] = parts;
      const request = input instanceof Request ? input : null;
      address = new URL(request ? request.url : String(input), document.baseURI).href;
      method = (init?.method ?? request?.method ?? method).toUpperCase();
      onRequest();
    })();
    const answer = fetch.apply((this ?? window) as Window, parts);
    // What stands in for fetch in a test may return anything.
    if (typeof answer?.then !== "function") return answer;
    // The promise that is returned is the one that is watched, so that one which nobody catches still counts as such.
    return answer.then(
      (it) => {
        // An opaque answer has status 0, and may be a good one.
        quietly(() => it.type.startsWith("opaque") || tell(method, address, start, it.status, "status"))();
        return it;
      },
      (error: unknown) => {
        const { name } = Object(error) as Error;
        if (name !== "AbortError") tell(method, address, start, 0, name === "TimeoutError" ? "timeout" : "network");
        throw error;
      },
    );
  };
}

function wrapXhr(tell: Tell, onRequest: () => void): void {
  const { prototype } = XMLHttpRequest;
  const { open, send } = prototype;
  const asked = new WeakMap<XMLHttpRequest, { method: string; address: string }>();
  prototype.open = function (this: XMLHttpRequest, ...parts: unknown[]) {
    quietly(() => {
      const address = new URL(String(parts[1]), document.baseURI).href;
      asked.set(this, { method: String(parts[0]).toUpperCase(), address });
    })();
    return open.apply(this, parts as Parameters<typeof open>);
  } as typeof open;
  prototype.send = function (this: XMLHttpRequest, ...parts) {
    quietly(() => {
      const it = asked.get(this);
      const start = now();
      onRequest();
      if (!it) return;
      const end = (reason: string) => () =>
        tell(it.method, it.address, start, reason === "status" ? this.status : 0, reason);
      this.addEventListener("load", end("status"), { once: true });
      this.addEventListener("error", end("network"), { once: true });
      this.addEventListener("timeout", end("timeout"), { once: true });
    })();
    return send.apply(this, parts);
  };
}
