/**
 * Makes calls of the wire protocol and lets them through, holds them, or forgets them, as the visitor wishes.
 *
 * While a visitor who must be asked has not answered, calls are held in memory alone. A no forgets them and whatever
 * was stored.
 */
import { type Place, deviceContext, placeOf, session, titleNow } from "./context";
import { quietly, uuid } from "./guard";
import { type Options, asksNotToBeTracked } from "./options";
import { type Call, type Queue, makeQueue } from "./queue";
import { forgetAll, read, readJson, readShared, useCookieDomain, write, writeShared } from "./store";

export type Fields = { [name: string]: unknown };
type Gate = "asking" | "open" | "shut";

const kHeldMax = 100;

export class Recorder {
  readonly queue: Queue;
  /** Where the visitor is, as the page that is shown understands it. */
  place: Place;
  private gate_: Gate;
  private held_: Call[] = [];
  private purposes_: Fields | null;
  /** The browser asks not to be tracked: nothing that the page says changes that. */
  readonly isBarred: boolean;

  constructor(readonly options: Options, send: typeof fetch) {
    useCookieDomain(options.cookieDomain);
    this.place = placeOf(document.referrer, options);
    this.isBarred = options.heedsSignal && asksNotToBeTracked();
    this.queue = makeQueue(
      {
        url: options.host + "/v1/batch",
        key: options.key,
        context: deviceContext,
        isOpen: () => this.isOpen(),
        tellDropped: (count) => this.track("Events Dropped", { count }),
      },
      send,
    );
    this.purposes_ = readJson("purposes");
    this.gate_ = this.gateBy_(readShared("consent"));
    if (this.gate_ === "open") this.queue.adopt();
    // Another page of the shop may have been told no, or yes.
    addEventListener("storage", quietly((event: StorageEvent) => {
      if (event.key === "cairn_consent") this.pass_(this.gateBy_(event.newValue));
    }));
  }

  track(event: string, properties: Fields = {}): void {
    this.put(this.make("track", { event, properties }));
  }

  make(type: string, fields: Fields): Call {
    const properties = fields.properties as Fields | undefined;
    const { currency } = this.options;
    const hasAmount = properties && ["price", "value", "total", "revenue"].some((name) => name in properties);
    if (currency && hasAmount) fields = { ...fields, properties: { currency, ...properties } };
    const context = { page: { ...this.place, title: titleNow() } };
    return { ...fields, type, messageId: uuid(), timestamp: new Date().toISOString(), context };
  }

  put(call: Call): void {
    if (this.gate_ === "open") {
      this.queue.put(this.signed(call));
    } else if (this.gate_ === "asking") {
      this.held_.push(call);
      if (this.held_.length > kHeldMax) this.held_.shift();
    }
  }

  /** With who it is, as far as this browser knows, and their visit. REQUIRES: the visitor has not said no. */
  signed(call: Call): Call {
    const { id, campaign } = session();
    const context = {
      ...(call.context as object),
      sessionId: id,
      campaign,
      groupId: read("group") ?? undefined,
      consent: this.purposes_ ? { categoryPreferences: this.purposes_ } : undefined,
    };
    const userId = call.userId ?? read("user") ?? undefined;
    return { ...call, userId, anonymousId: this.anonymousId() ?? undefined, context };
  }

  /** Null as long as nothing may be kept. */
  anonymousId(): string | null {
    if (this.gate_ !== "open") return null;
    const known = readShared("id");
    const id = known ?? uuid();
    if (known === null || read("id") !== id) writeShared("id", id);
    return id;
  }

  isOpen(): boolean {
    return this.gate_ === "open";
  }

  /** Kept for the events to come. While it may not be kept, the calls that are held say it themselves. */
  remember(name: "user" | "group", value: string): void {
    if (this.gate_ === "open") write(name, value);
  }

  reset(): void {
    for (const name of ["user", "group", "session"]) write(name, null);
    if (this.gate_ === "open") writeShared("id", uuid());
  }

  /** True, false, or purposes by name, of which `analytics` is ours. */
  consent(answer: boolean | Fields): void {
    if (this.isBarred) return;
    let isYes = answer;
    const before = JSON.stringify(this.purposes_);
    if (typeof answer === "object") {
      this.purposes_ = answer;
      isYes = "analytics" in answer ? !!answer.analytics : this.gate_ === "open";
    }
    this.pass_(isYes ? "open" : "shut");
    if (isYes && this.purposes_) write("purposes", JSON.stringify(this.purposes_));
    // Of a no nothing is kept where yes must be said; elsewhere that it was said, or it would not last.
    writeShared("consent", isYes ? "1" : this.options.asksConsent ? null : "0");
    // With its moment, which the events that bear it later do not tell.
    if (isYes && JSON.stringify(this.purposes_) !== before) this.track("Segment Consent Preference Updated");
  }

  private gateBy_(answer: string | null): Gate {
    if (this.isBarred || answer === "0") return "shut";
    return answer === "1" || !this.options.asksConsent ? "open" : "asking";
  }

  private pass_(gate: Gate): void {
    const held = this.held_;
    const isNew = gate !== this.gate_;
    this.gate_ = gate;
    if (gate !== "asking") this.held_ = [];
    if (gate === "shut" || (gate === "asking" && isNew)) {
      this.queue.clear();
      forgetAll();
    } else if (gate === "open" && isNew) {
      this.queue.adopt();
      for (const call of held) this.release_(call);
    }
  }

  private release_(call: Call): void {
    if (call.type === "identify" && call.userId) write("user", String(call.userId));
    if (call.type === "group" && call.groupId) write("group", String(call.groupId));
    this.queue.put(this.signed(call));
  }
}
