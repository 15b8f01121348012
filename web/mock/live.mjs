/**
 * A made-up live view: a shop with three sources, some refused calls, undeclared names and rules. What is changed
 * lasts as long as the process. `quiet`: nothing arrives by itself, for tests that count.
 */
import { randomUUID } from "node:crypto";

const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
const rule = (name, sets_apart, field, op, values = []) => ({ name, sets_apart, field, op, values, is_enabled: true });

const kDefaults = [
  rule("Search engines", "bot", "user_agent", "contains", ["googlebot", "bingbot", "applebot", "duckduckbot", "yandexbot"]),
  rule("Programs", "bot", "user_agent", "starts_with", ["curl/", "wget/", "python-"]),
  rule("Our e-mail addresses", "staff", "email", "ends_with"),
  rule("Our offices", "staff", "ip", "in_network"),
  rule("Made-up e-mail addresses", "test", "email", "ends_with", ["@example.com", "@example.org"]),
  rule("Orders marked test", "test", "property:test", "is_true"),
  rule("Test coupons", "test", "property:coupon", "starts_with", ["TEST"]),
];

const kSources = [
  { id: "1", name: "web shop", form: "browser" }, { id: "2", name: "shop server", form: "server" }, { id: "3", name: "till", form: "webhook" },
];
const kKinds = [
  ["Page Viewed", { path: "/tents", title: "Tents" }], ["Product Viewed", { product_id: "T-2", name: "Two-person tent", price: 189, currency: "EUR" }],
  ["Product Added", { product_id: "T-2", quantity: 1, cart_id: "c81", price: 189, currency: "EUR" }], ["Checkout Started", { order_id: "1042", value: 189, currency: "EUR" }],
  ["Order Completed", { order_id: "1042", total: 198.9, shipping: 9.9, currency: "EUR", coupon: "SUMMER", products: [{ product_id: "T-2", quantity: 1, price: 189 }] }],
  ["Ticket Opened", { ticket_id: "88", subject: "Where is my parcel?", severity: "normal" }], ["Products Searched", { query: "light stove", results: 4 }],
];

const key = (source, form) => ({
  id: randomUUID().replaceAll("-", "").slice(0, 16), source, text: form === "browser" ? `cw_${randomUUID().replaceAll("-", "")}` : "",
  created_at: iso(Date.now() - 86_400_000), expires_at: null, is_revoked: false,
});
const newSource = ({ id, name, form }) => ({
  id, name, form, is_trusted: form !== "browser", precedence: 100, created_at: iso(Date.now() - 86_400_000), is_closed: false, keys: [key(id, form)],
});

let nextId = Date.now() * 1000;
let seq = 4120;

function made(kind, properties, more = {}) {
  const source = more.source ?? kSources[0];
  const who = `anonymous_id=b${Math.floor(Math.random() * 900) + 100}`;
  return {
    id: String(nextId++), at: iso(Date.now()), source: source.name, source_id: source.id, kind, message_id: randomUUID(), who,
    identifiers: [who], fate: "kept", reason: "", field: "", set_apart: [], undeclared_kind: false, undeclared: [], seq: String(++seq),
    library: source.form === "browser" ? "cairn.js/1.0.0" : "analytics-node/2.1.0", properties, is_cut: false, ...more, source: source.name,
  };
}

function chance(count) {
  const [kind, properties] = kKinds[count % kKinds.length];
  switch (count % 11) {
    case 3: return made(kind, properties, { source: kSources[1], who: "user_id=42", identifiers: ["user_id=42", "email=ada@shop.fr"] });
    case 5: return made("Page Viewed", { path: "/" }, { set_apart: ["bot"] });
    case 7: return made("Order Completed", { orderid: "1043", total: "59,90" }, { fate: "refused", seq: null, reason: "'last tuesday' is not a time; write it like 2026-03-29T14:05:00Z or 2026-03-29 14:05:00", field: "timestamp", source: kSources[2] });
    case 8: return made(kind, { ...properties, colour: "green" }, { undeclared: ["colour"], source: kSources[1] });
    case 9: return made(kind, properties, { fate: "already_there" });
    default: return made(kind, properties);
  }
}

const away = () => ({ id: String(nextId++), at: iso(Date.now()), key_hint: "cw_9f1c22ab0", reason: "this write key is unknown, or no longer valid", client: "203.0.113.9" });

const kReasons = [
  { field: "userId", reason: "nothing says who it was: send a userId or an anonymousId", count: 12, body: { messageId: "m1", event: "Order Completed", userid: "42", properties: { order_id: "1001", total: 59.9, currency: "EUR" } }, source: kSources[1] },
  { field: "timestamp", reason: "'last tuesday' is not a time; write it like 2026-03-29T14:05:00Z or 2026-03-29 14:05:00", count: 3, body: { messageId: "m2", userId: "43", event: "Order Completed", timestamp: "last tuesday" }, source: kSources[2] },
];

function refusedRows() {
  let id = 0;
  return kReasons.flatMap(({ field, reason, count, body, source }) => Array.from({ length: count }, (_, index) => ({
    id: ++id, source: source.name, source_id: source.id, at: iso(Date.now() - id * 60_000), kind: body.event, field, reason,
    body: JSON.stringify({ ...body, messageId: `${body.messageId}-${index}` }), state: "waiting", settled_at: null, seq: null,
  })));
}

const undeclared = () => [
  { kind: "Order Completed", property: "orderid", kind_is_declared: true, type: "text", example: "1001", meant: "order_id" },
  { kind: "Basket Kicked", property: null, kind_is_declared: false, type: "", example: null, meant: null },
  { kind: "Product Viewed", property: "colour", kind_is_declared: true, type: "text", example: "green", meant: null },
  { kind: "Product viewed", property: null, kind_is_declared: false, type: "", example: null, meant: "Product Viewed" },
].map((name, index) => ({ ...name, source: kSources[1].name, source_id: "2", first_at: iso(Date.now() - index * 3_600_000) }));

export function makeLive({ quiet = false } = {}) {
  const full = {
    events: Array.from({ length: 24 }, (_, index) => chance(index)).reverse(), turned_away: [away()], sources: kSources.map(newSource),
    rules: structuredClone(kDefaults), version: 0, refused: refusedRows(), names: undeclared(), quiet, busy: true,
  };
  const empty = { events: [], turned_away: [], sources: [], rules: structuredClone(kDefaults), version: 0, refused: [], names: [], quiet: true, busy: false };
  return { full, empty };
}

const counts = (at, sources, turned_away = 0) => ({ at: iso(at), sources, turned_away, shown: 0, not_shown: 0 });

function snapshot(state) {
  const wave = (second, size) => Math.max(0, Math.round(size * (1 + Math.sin(second / 5)) + (second % 7 === 0 ? size : 0)));
  const minute = (source, size) => ({
    source: source.name, source_id: source.id, last_at: iso(Date.now()),
    kept: Array.from({ length: 60 }, (_, second) => wave(second, size)), already_there: Array.from({ length: 60 }, (_, second) => (second % 9 === 0 ? 1 : 0)),
    refused: Array.from({ length: 60 }, (_, second) => (second % 23 === 0 && source.id === "3" ? 2 : 0)),
  });
  return {
    events: state.events, turned_away: state.turned_away, counts: counts(Date.now() - 1000, []),
    sources: state.busy ? kSources.map((source, index) => minute(source, 9 - index * 3)) : [],
  };
}

function stream(response, state) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const send = (event, data, id) => response.write(`event: ${event}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`);
  let count = 0;
  let kept = 0;
  const arrive = () => {
    const event = chance(count++);
    state.events = [event, ...state.events].slice(0, 500);
    ++kept;
    send("event", event, event.id);
  };
  response.write(": hello\n\n");
  const arrivals = state.quiet ? null : setInterval(arrive, 700);
  const seconds = setInterval(() => {
    const size = state.quiet ? 0 : kept + Math.floor(Math.random() * 14);
    send("counts", counts(Date.now() - 1000, size > 0 ? [{ source: kSources[0].name, source_id: "1", kept: size, already_there: 0, refused: 0 }] : []));
    kept = 0;
  }, 1000);
  response.on("close", () => {
    clearInterval(arrivals);
    clearInterval(seconds);
  });
}

const matches = (row, { ids, source, field, reason }) =>
  (!ids?.length || ids.includes(row.id)) && (!source || row.source_id === source) && (field === undefined || row.field === field) && (reason === undefined || row.reason === reason);

function listRefused(state, url) {
  const asked = Object.fromEntries(url.searchParams);
  const waiting = state.refused.filter((row) => row.state === "waiting");
  const groups = new Map();
  for (const row of waiting) {
    const name = JSON.stringify([row.source_id, row.field, row.reason]);
    const group = groups.get(name) ?? { source: row.source, source_id: row.source_id, field: row.field, reason: row.reason, count: 0, newest_at: row.at };
    groups.set(name, { ...group, count: group.count + 1 });
  }
  const tally = (wanted) => state.refused.filter((row) => row.state === wanted).length;
  return {
    groups: [...groups.values()].sort((a, b) => b.count - a.count), rows: waiting.filter((row) => matches(row, asked)).slice(0, Number(asked.limit ?? 50)), next: null,
    counts: { waiting: waiting.length, replayed: tally("replayed"), already_there: 0, dropped: tally("dropped"), crowded_out: 0 }, waiting_max: 100_000,
  };
}

/** As the server would read it: somebody and a time are wanted. */
function read(row, mend) {
  const call = JSON.parse(row.body);
  for (const [from, to] of Object.entries(mend?.rename ?? {})) if (from in call) { call[to] = call[from]; delete call[from]; }
  for (const [name, value] of Object.entries(mend?.merge ?? {})) { if (value === null) delete call[name]; else call[name] = value; }
  const good = Boolean(call.userId) && !(call.timestamp && Number.isNaN(Date.parse(call.timestamp)));
  return { good, call: JSON.stringify(call) };
}

function replay(state, asked) {
  const rows = state.refused.filter((row) => row.state === "waiting" && matches(row, asked)).slice(0, asked.limit ?? 1000);
  const calls = rows.map((row) => {
    const { good, call } = read(row, asked.mend);
    if (good && !asked.is_trial) Object.assign(row, { state: "replayed", seq: String(++seq), body: null });
    return { id: row.id, state: good ? "replayed" : "waiting", seq: null, field: good ? "" : row.field, reason: good ? "" : row.reason, call: asked.is_trial ? call : null };
  });
  const replayed = calls.filter((call) => call.state === "replayed").length;
  return { replayed, already_there: 0, still_waiting: calls.length - replayed, calls, next: null };
}

const fieldsOf = { user_agent: (s) => [s.user_agent], ip: (s) => [s.ip], email: (s) => [s.email], identifier: (s) => [s.email], kind: (s) => [s.kind] };

function tryRules(state, sample) {
  const found = [];
  for (const one of sample.rules ?? state.rules) {
    const texts = one.field.startsWith("property:") ? [sample.properties?.[one.field.slice(9)]] : fieldsOf[one.field](sample);
    for (const text of texts) {
      if (text === undefined || text === "" || !one.is_enabled) continue;
      if (one.op === "is_true" && text === true) found.push({ rule: one.name, sets_apart: one.sets_apart, field: one.field, value: "" });
      const how = { contains: "includes", starts_with: "startsWith", ends_with: "endsWith" }[one.op];
      for (const value of one.values) {
        const low = String(text).toLowerCase();
        if (how ? low[how](value.toLowerCase()) : low === value.toLowerCase()) found.push({ rule: one.name, sets_apart: one.sets_apart, field: one.field, value });
      }
    }
  }
  return { set_apart: [...new Set(found.map((one) => one.sets_apart))], matches: found };
}

const rules = (state) => ({ rules: state.rules, version: state.version, defaults: kDefaults });

function saveRules(state, body, tools) {
  if (body.version !== state.version) return tools.problem(409, "It has changed", "somebody changed the rules meanwhile; look at them again and repeat your change");
  for (const [index, one] of body.rules.entries()) {
    const wrong = one.op === "in_network" ? one.values.findIndex((value) => !/^[\d.]+(\/\d+)?$/.test(value)) : -1;
    if (wrong >= 0) return tools.problem(400, "The request is not right", `the rule '${one.name}': '${one.values[wrong]}' is no address or network, like 203.0.113.0/24`, `rules[${index}].values[${wrong}]`);
  }
  Object.assign(state, { rules: body.rules, version: state.version + 1 });
  return tools.json(200, rules(state));
}

function addSource(state, { name, form }, tools) {
  const source = newSource({ id: String(state.sources.length + 1), name, form });
  source.keys[0].created_at = iso(Date.now());
  state.sources.push(source);
  const shown = { ...source, keys: [{ ...source.keys[0], text: source.keys[0].text || `cw_${randomUUID().replaceAll("-", "")}` }] };
  return tools.json(201, shown);
}

function changeSources(state, method, parts, body, tools) {
  const source = state.sources.find((one) => one.id === parts[0]);
  if (!source) return tools.problem(404, "Not found", "there is no such source");
  if (method === "PATCH") return tools.json(200, Object.assign(source, body));
  if (method === "POST") {
    for (const old of source.keys) old.expires_at = iso(Date.now() + body.old_keys_live_hours * 3_600_000);
    const fresh = key(source.id, source.form);
    source.keys.push(fresh);
    return tools.json(201, { ...fresh, text: fresh.text || `cw_${randomUUID().replaceAll("-", "")}` });
  }
  source.keys = source.keys.filter((one) => one.id !== parts[2]);
  return tools.json(204, undefined);
}

/** Answers what is the live view's; false when it is not. */
export function answerLive(request, response, url, body, state, tools) {
  if (url.pathname.startsWith("/api/v1/sources/")) {
    changeSources(state, request.method, url.pathname.split("/").slice(4), body, tools);
    return true;
  }
  switch (`${request.method} ${url.pathname}`) {
    case "GET /api/v1/live": tools.json(200, snapshot(state)); return true;
    case "GET /api/v1/live/stream": stream(response, state); return true;
    case "GET /api/v1/live/undeclared": tools.json(200, { names: state.names, is_full: false }); return true;
    case "GET /api/v1/ingest/rules": tools.json(200, rules(state)); return true;
    case "PUT /api/v1/ingest/rules": saveRules(state, body, tools); return true;
    case "POST /api/v1/ingest/rules/try": tools.json(200, tryRules(state, body)); return true;
    case "GET /api/v1/refused": tools.json(200, listRefused(state, url)); return true;
    case "POST /api/v1/refused/replay": tools.json(200, replay(state, body)); return true;
    case "POST /api/v1/refused/drop": {
      const rows = state.refused.filter((row) => row.state === "waiting" && matches(row, body));
      for (const row of rows) Object.assign(row, { state: "dropped", body: null });
      tools.json(200, { dropped: rows.length });
      return true;
    }
    case "GET /api/v1/sources": tools.json(200, { sources: state.sources }); return true;
    case "POST /api/v1/sources": addSource(state, body, tools); return true;
    default: return false;
  }
}
