/** Calls of the live view. */
import { call, decoded } from "./client";
import {
  decodeDropped, decodeLive, decodeRefused, decodeReplay, decodeRules, decodeSource, decodeSources, decodeTried,
  decodeUndeclared, decodeWriteKey,
} from "./decode_live";
import type {
  LiveSnapshot, Mend, Refused, RefusedFilter, ReplayReport, Rule, RuleSample, Rules, Source, SourceForm, Tried,
  Undeclared, WriteKey,
} from "./live_types";

export async function getLive(signal?: AbortSignal): Promise<LiveSnapshot> {
  return decoded(decodeLive, await call("GET", "/api/v1/live", undefined, signal));
}

/** `after`: the newest line that is known. */
export const streamAddress = (after: string): string => `/api/v1/live/stream${after ? `?after=${after}` : ""}`;

export async function getUndeclared(signal?: AbortSignal): Promise<Undeclared> {
  return decoded(decodeUndeclared, await call("GET", "/api/v1/live/undeclared", undefined, signal));
}

export async function getRules(signal?: AbortSignal): Promise<Rules> {
  return decoded(decodeRules, await call("GET", "/api/v1/ingest/rules", undefined, signal));
}

export async function saveRules(rules: Rule[], version: number): Promise<Rules> {
  return decoded(decodeRules, await call("PUT", "/api/v1/ingest/rules", { rules, version }));
}

export async function tryRules(sample: RuleSample): Promise<Tried> {
  return decoded(decodeTried, await call("POST", "/api/v1/ingest/rules/try", sample));
}

export async function getRefused(filter: RefusedFilter, limit: number, signal?: AbortSignal): Promise<Refused> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (filter.source) query.set("source", filter.source);
  if (filter.field !== undefined) query.set("field", filter.field);
  if (filter.reason !== undefined) query.set("reason", filter.reason);
  return decoded(decodeRefused, await call("GET", `/api/v1/refused?${query}`, undefined, signal));
}

const kEmpty: ReplayReport = { replayed: 0, already_there: 0, still_waiting: 0, calls: [], next: null };

/** What the first calls would become; keeps nothing. */
export async function tryReplay(filter: RefusedFilter, mend: Mend): Promise<ReplayReport> {
  return decoded(decodeReplay, await call("POST", "/api/v1/refused/replay", { ...filter, mend, limit: 20, is_trial: true }));
}

/** All that the filter names, in as many steps as it takes; `progress` is told the sum after each. */
export async function replay(filter: RefusedFilter, mend: Mend, progress: (sum: ReplayReport) => void): Promise<ReplayReport> {
  let sum = kEmpty;
  for (let after: number | null = 0; after !== null;) {
    const step: ReplayReport = decoded(decodeReplay, await call("POST", "/api/v1/refused/replay", { ...filter, mend, after }));
    sum = {
      replayed: sum.replayed + step.replayed,
      already_there: sum.already_there + step.already_there,
      still_waiting: sum.still_waiting + step.still_waiting,
      calls: [...sum.calls, ...step.calls].slice(0, 100),
      next: step.next,
    };
    after = step.next;
    progress(sum);
  }
  return sum;
}

export async function dropRefused(filter: RefusedFilter): Promise<number> {
  return decoded(decodeDropped, await call("POST", "/api/v1/refused/drop", filter));
}

export async function getSources(signal?: AbortSignal): Promise<Source[]> {
  return decoded(decodeSources, await call("GET", "/api/v1/sources", undefined, signal));
}

export async function addSource(name: string, form: SourceForm): Promise<Source> {
  return decoded(decodeSource, await call("POST", "/api/v1/sources", { name, form }));
}

export async function changeSource(id: string, change: { is_trusted?: boolean; is_closed?: boolean }): Promise<Source> {
  return decoded(decodeSource, await call("PATCH", `/api/v1/sources/${id}`, change));
}

export async function rotateKey(id: string, hours: number): Promise<WriteKey> {
  return decoded(decodeWriteKey, await call("POST", `/api/v1/sources/${id}/keys`, { old_keys_live_hours: hours }));
}

export async function revokeKey(id: string, key: string): Promise<void> {
  await call("DELETE", `/api/v1/sources/${id}/keys/${key}`);
}
