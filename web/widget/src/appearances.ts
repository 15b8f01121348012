/** Elements that tell of themselves by being there (`data-cairn-on="load"`) or by being seen (`"appear"`). */
import { propertiesOf } from "./elements";
import { quietly } from "./guard";
import type { Recorder } from "./recorder";

const kPause_ms = 100;

export function watchAppearances(recorder: Recorder): void {
  const known = new WeakSet<Element>();
  const seen = new WeakSet<Element>();
  const tell = (element: Element) => {
    const event = element.getAttribute("data-cairn-event");
    if (event) recorder.track(event, propertiesOf(element));
  };
  const eyes = new IntersectionObserver(quietly((entries: IntersectionObserverEntry[]) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting && !seen.has(target)) {
        seen.add(target);
        tell(target);
      } else if (!isIntersecting && !boundingClientRect.height) {
        // Taken away, not scrolled away: shown again, it says so again.
        seen.delete(target);
      }
    }
  }));
  const scan = quietly(() => {
    for (const element of Array.from(document.querySelectorAll("[data-cairn-event][data-cairn-on]"))) {
      if (known.has(element)) continue;
      known.add(element);
      const on = element.getAttribute("data-cairn-on");
      if (on === "load") tell(element);
      else if (on === "appear") eyes.observe(element);
    }
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  new MutationObserver(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      scan();
    }, kPause_ms);
  }).observe(document, { subtree: true, childList: true });
  scan();
}
