/** The only place that calls the server. Every call answers decoded data or throws a `ProblemError`. */
import { DecodeError, decodeProblem, decodeReport, decodeSession } from "./decode";
import type { Problem, Report, Session } from "./types";

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** `status` 0: no answer came; 502: an answer came that is not what the page knows. */
function fail(status: number, detail: string): never {
  throw new ProblemError({ type: "about:blank", title: "", status, detail, field: null });
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The server's word for this session; it goes with everything that is not a GET. */
let csrf = "";

/** An answer without a body (204) is null. */
export async function call(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && !csrf && !path.startsWith("/api/v1/session")) await getSession();
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal) init.signal = signal;

  const response = await fetch(path, init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    return fail(0, "");
  });
  const json: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ProblemError(decodeProblem(json, response.status));
  return json;
}

export function decoded<T>(decode: (value: unknown) => T, value: unknown): T {
  try {
    return decode(value);
  } catch (error) {
    if (error instanceof DecodeError) return fail(502, error.message);
    throw error;
  }
}

export interface ReportQuestion {
  lang: string;
  since: string;
  until: string;
}

export async function getReport(question: ReportQuestion, signal?: AbortSignal): Promise<Report> {
  const query = new URLSearchParams({ lang: question.lang });
  if (question.since) query.set("since", question.since);
  if (question.until) query.set("until", question.until);
  return decoded(decodeReport, await call("GET", `/api/v1/report?${query}`, undefined, signal));
}

export async function getSession(signal?: AbortSignal): Promise<Session> {
  const session = decoded(decodeSession, await call("GET", "/api/v1/session", undefined, signal));
  csrf = session.csrf;
  return session;
}

export async function signIn(token: string): Promise<void> {
  await call("POST", "/api/v1/session", { token });
}

export async function signOut(): Promise<void> {
  if (!csrf) await getSession();
  await call("POST", "/api/v1/session/end", {});
  csrf = "";
}
