/** The live view's answers, checked field by field like the report's (decode.ts). */
import { boolean, fields, list, maybe, number, oneOf, reader, record, text, type Decode } from "./fields";
import {
  kOps, type Apart, type Counts, type Fate, type LiveEvent, type LiveSnapshot, type Refused, type RefusedGroup,
  type RefusedRow, type RefusedState, type ReplayReport, type Replayed, type Rule, type RuleMatch, type RuleOp, type Rules,
  type Source, type SourceCount, type SourceForm, type SourceMinute, type Tried, type TurnedAway, type Undeclared,
  type UndeclaredName, type WriteKey,
} from "./live_types";

const apart = oneOf<Apart>("bot", "staff", "test");
const state = oneOf<RefusedState>("waiting", "replayed", "already_there", "dropped", "crowded_out");

const liveEvent: Decode<LiveEvent> = (value, path) => {
  const get = reader(value, path);
  return {
    id: get("id", text),
    at: get("at", text),
    source: get("source", text),
    source_id: get("source_id", text),
    kind: get("kind", text),
    message_id: get("message_id", text),
    who: get("who", text),
    identifiers: get("identifiers", list(text)),
    fate: get("fate", oneOf<Fate>("kept", "already_there", "refused")),
    reason: get("reason", text),
    field: get("field", text),
    set_apart: get("set_apart", list(apart)),
    undeclared_kind: get("undeclared_kind", boolean),
    undeclared: get("undeclared", list(text)),
    seq: get("seq", maybe(text)),
    library: get("library", text),
    properties: get("properties", fields),
    is_cut: get("is_cut", boolean),
  };
};

const turnedAway: Decode<TurnedAway> = (value, path) => {
  const get = reader(value, path);
  return {
    id: get("id", text),
    at: get("at", text),
    key_hint: get("key_hint", text),
    reason: get("reason", text),
    client: get("client", text),
  };
};

const sourceCount: Decode<SourceCount> = (value, path) => {
  const get = reader(value, path);
  return {
    source: get("source", text),
    source_id: get("source_id", text),
    kept: get("kept", number),
    already_there: get("already_there", number),
    refused: get("refused", number),
  };
};

const counts: Decode<Counts> = (value, path) => {
  const get = reader(value, path);
  return {
    at: get("at", text),
    sources: get("sources", list(sourceCount)),
    turned_away: get("turned_away", number),
    shown: get("shown", number),
    not_shown: get("not_shown", number),
  };
};

const sourceMinute: Decode<SourceMinute> = (value, path) => {
  const get = reader(value, path);
  return {
    source: get("source", text),
    source_id: get("source_id", text),
    last_at: get("last_at", text),
    kept: get("kept", list(number)),
    already_there: get("already_there", list(number)),
    refused: get("refused", list(number)),
  };
};

const undeclaredName: Decode<UndeclaredName> = (value, path) => {
  const get = reader(value, path);
  return {
    kind: get("kind", text),
    property: get("property", maybe(text)),
    kind_is_declared: get("kind_is_declared", boolean),
    type: get("type", text),
    example: get("example", maybe(text)),
    source: get("source", text),
    source_id: get("source_id", text),
    first_at: get("first_at", text),
    meant: get("meant", maybe(text)),
  };
};

const rule: Decode<Rule> = (value, path) => {
  const get = reader(value, path);
  return {
    name: get("name", text),
    sets_apart: get("sets_apart", apart),
    field: get("field", text),
    op: get("op", oneOf<RuleOp>(...kOps)),
    values: get("values", list(text)),
    is_enabled: get("is_enabled", boolean),
  };
};

const ruleMatch: Decode<RuleMatch> = (value, path) => {
  const get = reader(value, path);
  return { rule: get("rule", text), sets_apart: get("sets_apart", apart), field: get("field", text), value: get("value", text) };
};

const refusedGroup: Decode<RefusedGroup> = (value, path) => {
  const get = reader(value, path);
  return {
    source: get("source", text),
    source_id: get("source_id", text),
    field: get("field", text),
    reason: get("reason", text),
    count: get("count", number),
    newest_at: get("newest_at", text),
  };
};

const refusedRow: Decode<RefusedRow> = (value, path) => {
  const get = reader(value, path);
  return {
    id: get("id", number),
    source: get("source", text),
    source_id: get("source_id", text),
    at: get("at", text),
    kind: get("kind", text),
    field: get("field", text),
    reason: get("reason", text),
    body: get("body", maybe(text)),
    state: get("state", state),
    seq: get("seq", maybe(text)),
  };
};

const replayed: Decode<Replayed> = (value, path) => {
  const get = reader(value, path);
  return {
    id: get("id", number),
    state: get("state", state),
    seq: get("seq", maybe(text)),
    field: get("field", text),
    reason: get("reason", text),
    call: get("call", maybe(text)),
  };
};

const writeKey: Decode<WriteKey> = (value, path) => {
  const get = reader(value, path);
  return {
    id: get("id", text),
    text: get("text", maybe(text)) ?? "",
    created_at: get("created_at", text),
    expires_at: get("expires_at", maybe(text)),
    is_revoked: get("is_revoked", maybe(boolean)) ?? false,
  };
};

const source: Decode<Source> = (value, path) => {
  const get = reader(value, path);
  return {
    id: get("id", text),
    name: get("name", text),
    form: get("form", oneOf<SourceForm>("browser", "server", "webhook")),
    is_trusted: get("is_trusted", boolean),
    is_closed: get("is_closed", boolean),
    created_at: get("created_at", text),
    keys: get("keys", list(writeKey)),
  };
};

export const decodeEvent = (value: unknown): LiveEvent => liveEvent(value, "event");
export const decodeTurnedAway = (value: unknown): TurnedAway => turnedAway(value, "turned_away");
export const decodeCounts = (value: unknown): Counts => counts(value, "counts");
export const decodeSource = (value: unknown): Source => source(value, "source");
export const decodeWriteKey = (value: unknown): WriteKey => writeKey(value, "key");

export function decodeLive(value: unknown): LiveSnapshot {
  const get = reader(value, "live");
  return {
    events: get("events", list(liveEvent)),
    turned_away: get("turned_away", list(turnedAway)),
    counts: get("counts", counts),
    sources: get("sources", list(sourceMinute)),
  };
}

export function decodeUndeclared(value: unknown): Undeclared {
  const get = reader(value, "undeclared");
  return { names: get("names", list(undeclaredName)), is_full: get("is_full", boolean) };
}

export function decodeRules(value: unknown): Rules {
  const get = reader(value, "rules");
  return { rules: get("rules", list(rule)), version: get("version", number), defaults: get("defaults", list(rule)) };
}

export function decodeTried(value: unknown): Tried {
  const get = reader(value, "tried");
  return { set_apart: get("set_apart", list(apart)), matches: get("matches", list(ruleMatch)) };
}

export function decodeRefused(value: unknown): Refused {
  const get = reader(value, "refused");
  return {
    groups: get("groups", list(refusedGroup)),
    rows: get("rows", list(refusedRow)),
    next: get("next", maybe(text)),
    counts: get("counts", record(number)),
    waiting_max: get("waiting_max", number),
  };
}

export function decodeReplay(value: unknown): ReplayReport {
  const get = reader(value, "replay");
  return {
    replayed: get("replayed", number),
    already_there: get("already_there", number),
    still_waiting: get("still_waiting", number),
    calls: get("calls", list(replayed)),
    next: get("next", maybe(number)),
  };
}

export function decodeDropped(value: unknown): number {
  return reader(value, "dropped")("dropped", number);
}

export function decodeSources(value: unknown): Source[] {
  return reader(value, "sources")("sources", list(source));
}
