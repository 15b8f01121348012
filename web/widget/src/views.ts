/** Page views: what was shown, for how long it was looked at, how far down, and whether it was slow. */
import { placeOf, titleNow } from "./context";
import { hear, now, quietly, whole } from "./guard";
import type { Call } from "./queue";
import type { Fields, Recorder } from "./recorder";
import { measureSpeed, slowness, speed } from "./speed";

const kSettled_ms = 10_000;

export interface Views {
  start: () => void;
  /** A page is shown: by itself, or because the shop says so. The one before it is over. */
  show: (name?: string, properties?: Fields) => void;
}

export function makeViews(recorder: Recorder): Views {
  const { options, queue } = recorder;
  let isShown = false;
  let isFirst = true;
  let isSlowTold = false;
  /** Since when it is in sight; 0: it is not. */
  let since = 0;
  let seen_ms = 0;
  let percent = 0;
  let hasFrame = false;
  /** A view that waits for the rest of its page, where its title may be. */
  let announce: (() => void) | null = null;

  const isHidden = () => document.visibilityState === "hidden";

  function noteDepth(): void {
    if (hasFrame) return;
    hasFrame = true;
    requestAnimationFrame(quietly(() => {
      hasFrame = false;
      const depth = ((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100;
      percent = Math.max(percent, Math.min(100, Math.round(depth)));
    }));
  }

  function pause(): void {
    if (since) seen_ms += now() - since;
    since = 0;
  }

  function leaving(): Call {
    const properties = {
      path: recorder.place.path,
      visible_ms: whole(seen_ms) ?? 0,
      scroll_percent: percent,
      ...(isFirst ? speed() : {}),
    };
    return recorder.make("track", { event: "Page Left", properties });
  }

  function tellSlow(): void {
    const figures = speed();
    const reason = isShown && isFirst && !isSlowTold && slowness(figures);
    if (!reason) return;
    isSlowTold = true;
    recorder.track("Page Slow", { path: recorder.place.path, reason, ...figures });
  }

  /** When another page has taken the draft for the last word, what follows is only the rest. */
  function takeDraftBack(): void {
    if (recorder.isOpen() && !queue.keepDraft()) seen_ms = 0;
  }

  /** It may never be seen again, and on a phone nobody says so. */
  function hide(): void {
    if (!isShown) return;
    pause();
    tellSlow();
    if (recorder.isOpen()) queue.keepDraft(recorder.signed(leaving()));
    void queue.flush();
  }

  function comeBack(): void {
    if (!isShown) return;
    takeDraftBack();
    since ||= now();
  }

  function end(): void {
    announce?.();
    if (!isShown) return;
    takeDraftBack();
    pause();
    tellSlow();
    isShown = false;
    recorder.put(leaving());
  }

  function show(name?: string, properties?: Fields): void {
    end();
    isShown = true;
    seen_ms = percent = 0;
    since = isHidden() ? 0 : now();
    noteDepth();
    const { path, url, referrer } = recorder.place;
    const { timestamp } = recorder.make("page", {});
    announce = () => {
      announce = null;
      const fields = { path, url, title: titleNow(), referrer, name, ...properties };
      recorder.put({ ...recorder.make("page", { name, properties: fields }), timestamp });
    };
    if (document.readyState !== "loading") announce();
  }

  function move(from: string): void {
    end();
    isFirst = false;
    recorder.place = placeOf(from, options);
    if (options.countsPages) show();
  }

  function followHistory(): void {
    let address = location.href;
    const check = quietly(() => {
      const from = address;
      address = location.href;
      if (from.split("#")[0] === address.split("#")[0]) return;
      end();
      // The shop sets the title after the address.
      setTimeout(quietly(() => move(from)));
    });
    const { pushState } = history;
    history.pushState = function (...parts) {
      pushState.apply(this, parts);
      check();
    };
    addEventListener("popstate", check);
  }

  function start(): void {
    measureSpeed();
    hear(window, "scroll", noteDepth);
    hear(document, "DOMContentLoaded", () => announce?.());
    hear(document, "visibilitychange", () => (isHidden() ? hide() : comeBack()));
    hear(window, "pagehide", () => {
      end();
      queue.leave();
    });
    // Out of the browser's cache of pages: it is looked at once more.
    hear(window, "pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted) move(document.referrer);
    });
    if (options.followsHistory) followHistory();
    const whenShown = quietly(() => {
      if (options.countsPages) show();
      setTimeout(quietly(tellSlow), kSettled_ms);
    });
    if ((document as Document & { prerendering?: boolean }).prerendering)
      document.addEventListener("prerenderingchange", whenShown, { once: true });
    else whenShown();
  }

  return { start, show };
}
