/** Clicks: those that the shop declared, those in a rage, and those that nothing came of. */
import { describe, nameOf, propertiesOf } from "./elements";
import { hear, now, quietly } from "./guard";
import type { Recorder } from "./recorder";

const kRageClicks = 3;
const kRage_ms = 1000;
const kRage_px = 30;
const kDead_ms = 1000;
const kDeadMax = 10;
const kClickable = "a,button,summary,[role=button],[role=link],[role=tab],[role=menuitem],[onclick]";
/** A click on these does what no script can see, or is how one writes and chooses. */
const kOpaque =
  "input,textarea,select,option,label,video,audio,canvas,iframe,object,embed,[contenteditable]," +
  "a[target=_blank],a[download],a[href^='mailto:'],a[href^='tel:'],a[href^='sms:']";

const kDeclared =
  "[data-cairn-event]:not(form,[data-cairn-on=load],[data-cairn-on=appear]),[data-cairn-click]";

/** What was hit may be an icon in the button. */
const clickable = (target: Element): Element => target.closest(kClickable) ?? target;

/** Returns what is to be called when something has come of the last click. */
export function watchClicks(recorder: Recorder): () => void {
  let burst: { x: number; y: number; at: number; clicks: number; target: Element } | null = null;
  let rageTimer: ReturnType<typeof setTimeout> | undefined;
  /** Ends the wait for something to come of a click. */
  let calm: (() => void) | null = null;
  const dead = new WeakSet<Element>();
  let deaths = 0;

  const whereabouts = (target: Element) => {
    const element = clickable(target);
    return { name: nameOf(element), element: describe(element), path: recorder.place.path };
  };

  function tell(element: Element | null, how: string): void {
    const event = element?.getAttribute("data-cairn-event");
    const on = element?.getAttribute("data-cairn-on") ?? how;
    if (element && event && on === how) recorder.track(event, propertiesOf(element));
  }

  function tellDeclared(target: Element): void {
    const element = target.closest(kDeclared);
    if (!element) return;
    if (element.hasAttribute("data-cairn-event")) tell(element, "click");
    else recorder.track("Element Clicked", { ...whereabouts(element), ...propertiesOf(element) });
  }

  function noteRage({ clientX: x, clientY: y, detail }: MouseEvent, target: Element): void {
    // Three clicks also choose a paragraph, and a keyboard's clicks come from nowhere.
    if (!detail || target.closest(kOpaque) || getSelection()?.isCollapsed === false) return;
    const at = now();
    if (!burst || at - burst.at > kRage_ms || Math.hypot(x - burst.x, y - burst.y) > kRage_px)
      burst = { x, y, at, clicks: 0, target };
    if (++burst.clicks < kRageClicks) return;
    // From here on it lasts as long as the clicks do, and is told once, with how many there were.
    burst.at = at;
    clearTimeout(rageTimer);
    const { clicks } = burst;
    rageTimer = setTimeout(quietly(() => {
      burst = null;
      recorder.track("Rage Clicked", { ...whereabouts(target), clicks });
    }), kRage_ms);
  }

  function watch(target: Element): void {
    const element = clickable(target);
    const looksClickable = element.matches(kClickable) || getComputedStyle(target).cursor === "pointer";
    if (!looksClickable || element.closest(kOpaque) || dead.has(element) || deaths >= kDeadMax) return;
    // What is drawn inside a component of the shop's cannot be watched from outside.
    if (element.shadowRoot || element.localName.includes("-")) return;
    calm?.();
    const observer = new MutationObserver(() => calm?.());
    const timer = setTimeout(quietly(() => {
      calm?.();
      dead.add(element);
      ++deaths;
      recorder.track("Dead Clicked", whereabouts(element));
    }), kDead_ms);
    calm = () => {
      calm = null;
      clearTimeout(timer);
      observer.disconnect();
    };
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  hear(document, "click", (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    tellDeclared(target);
    if (target.closest("[data-cairn-ignore]")) return;
    noteRage(event as MouseEvent, target);
    watch(target);
  });
  hear(document, "submit", ({ target }) => {
    if (target instanceof Element) tell(target, "submit");
  });
  for (const type of ["scroll", "hashchange", "popstate", "pagehide", "blur", "submit", "visibilitychange"])
    hear(window, type, () => calm?.());
  return () => calm?.();
}
