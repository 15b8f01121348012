/** What the live view's endpoints say, field by field (docs/reference/live-view.md). */

export type Apart = "bot" | "staff" | "test";
export type Fate = "kept" | "already_there" | "refused";

export interface LiveEvent {
  id: string;
  at: string;
  source: string;
  source_id: string;
  kind: string;
  message_id: string;
  who: string;
  identifiers: string[];
  fate: Fate;
  reason: string;
  field: string;
  set_apart: Apart[];
  undeclared_kind: boolean;
  undeclared: string[];
  seq: string | null;
  library: string;
  properties: Record<string, unknown>;
  is_cut: boolean;
}

export interface TurnedAway {
  id: string;
  at: string;
  key_hint: string;
  reason: string;
  client: string;
}

export interface SourceCount {
  source: string;
  source_id: string;
  kept: number;
  already_there: number;
  refused: number;
}

/** One second. */
export interface Counts {
  at: string;
  sources: SourceCount[];
  turned_away: number;
  shown: number;
  not_shown: number;
}

/** The last minute of one source, oldest second first. */
export interface SourceMinute {
  source: string;
  source_id: string;
  last_at: string;
  kept: number[];
  already_there: number[];
  refused: number[];
}

export interface LiveSnapshot {
  events: LiveEvent[];
  turned_away: TurnedAway[];
  counts: Counts;
  sources: SourceMinute[];
}

export interface UndeclaredName {
  kind: string;
  property: string | null;
  kind_is_declared: boolean;
  type: string;
  example: string | null;
  source: string;
  source_id: string;
  first_at: string;
  meant: string | null;
}

export interface Undeclared {
  names: UndeclaredName[];
  is_full: boolean;
}

export const kOps = ["contains", "equals", "starts_with", "ends_with", "in_network", "is_true"] as const;
export type RuleOp = (typeof kOps)[number];

export interface Rule {
  name: string;
  sets_apart: Apart;
  field: string;
  op: RuleOp;
  values: string[];
  is_enabled: boolean;
}

export interface Rules {
  rules: Rule[];
  version: number;
  defaults: Rule[];
}

export interface RuleSample {
  rules?: Rule[];
  user_agent: string;
  ip: string;
  kind: string;
  email: string;
  properties: Record<string, unknown>;
}

export interface RuleMatch {
  rule: string;
  sets_apart: Apart;
  field: string;
  value: string;
}

export interface Tried {
  set_apart: Apart[];
  matches: RuleMatch[];
}

export type RefusedState = "waiting" | "replayed" | "already_there" | "dropped" | "crowded_out";

export interface RefusedGroup {
  source: string;
  source_id: string;
  field: string;
  reason: string;
  count: number;
  newest_at: string;
}

export interface RefusedRow {
  id: number;
  source: string;
  source_id: string;
  at: string;
  kind: string;
  field: string;
  reason: string;
  body: string | null;
  state: RefusedState;
  seq: string | null;
}

export interface Refused {
  groups: RefusedGroup[];
  rows: RefusedRow[];
  next: string | null;
  counts: Record<string, number>;
  waiting_max: number;
}

export interface RefusedFilter {
  ids?: number[];
  source?: string;
  field?: string;
  reason?: string;
}

/** Names first, then a merge patch (RFC 7386). */
export interface Mend {
  rename: Record<string, string>;
  merge: Record<string, unknown> | null;
}

export interface Replayed {
  id: number;
  state: RefusedState;
  seq: string | null;
  field: string;
  reason: string;
  call: string | null;
}

export interface ReplayReport {
  replayed: number;
  already_there: number;
  still_waiting: number;
  calls: Replayed[];
  next: number | null;
}

export type SourceForm = "browser" | "server" | "webhook";

export interface WriteKey {
  id: string;
  text: string;
  created_at: string;
  expires_at: string | null;
  is_revoked: boolean;
}

export interface Source {
  id: string;
  name: string;
  form: SourceForm;
  is_trusted: boolean;
  is_closed: boolean;
  created_at: string;
  keys: WriteKey[];
}
