/**
 * What the SDKs of other languages put on the wire, sent as they send it: which address, where the key stands, what the
 * body's header says of it, how it is packed. And what they need to hear.
 */
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { Cairn, sleep, until } from "./cairn.mjs";
import { kThen } from "./calls.mjs";

let cairn;
let key;

before(async () => {
  cairn = await Cairn.start();
  key = await cairn.addSource("raw");
});
after(() => cairn?.remove());

/** Sends bytes as they are; `chunks` go out one by one with chunked encoding. */
function send({ path, headers = {}, body = "", chunks, method = "POST" }) {
  return new Promise((resolve, reject) => {
    const length = chunks ? {} : { "Content-Length": Buffer.byteLength(body) };
    const request = httpRequest({ host: "127.0.0.1", port: cairn.port, path, method, headers: { ...length, ...headers } });
    request.on("error", reject).on("response", (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part)).on("error", reject).on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
    });
    (chunks ?? [body]).forEach((chunk) => request.write(chunk));
    request.end();
  });
}

const basic = (text) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
const json = { "Content-Type": "application/json" };
let made = 0;
/** A call whose user is new, so that its row is found. */
function call(more = {}) {
  const user = `user-${++made}`;
  return { type: "track", event: "Product Viewed", userId: user, messageId: `m-${made}`, timestamp: kThen.toISOString(), properties: { price: 9.5 }, ...more };
}
const halves = (text) => [text.slice(0, text.length / 3), text.slice(text.length / 3)];
const batch = (calls, more = {}) => ({ batch: calls, sentAt: new Date().toISOString(), ...more });

/** [sender, (calls) → request]: each sends the same two calls. */
const kSenders = [
  ["Python: the key in the body alone", (calls) => ({
    path: "/v1/batch", headers: { ...json, "User-Agent": "analytics-python/2.3.4" },
    body: JSON.stringify(batch(calls, { writeKey: key })) })],
  ["Python with gzip", (calls) => ({
    path: "/v1/batch", headers: { ...json, "Content-Encoding": "gzip" }, body: gzipSync(JSON.stringify(batch(calls, { writeKey: key }))) })],
  ["Swift: /v1/b, the key at the end", (calls) => ({
    path: "/v1/b", headers: { "Content-Type": "application/json; charset=utf-8", Accept: "application/json" },
    body: `{ "batch": [${calls.map((c) => JSON.stringify(c)).join(",")}],"sentAt":"${new Date().toISOString()}","writeKey":"${key}"}` })],
  ["Kotlin: text/plain, always gzip, the key at the end", (calls) => ({
    path: "/v1/b", headers: { "Content-Type": "text/plain", "Content-Encoding": "gzip" },
    body: gzipSync(`{"batch":[${calls.map((c) => JSON.stringify(c)).join(",")}],"sentAt":"${new Date().toISOString()}","writeKey":"${key}"}`) })],
  ["Java: /v1/import/, Basic, chunked", (calls) => ({
    path: "/v1/import/", headers: { ...json, ...basic(`${key}:`) },
    chunks: halves(JSON.stringify(batch(calls, { context: { library: { name: "analytics-java", version: "3.5.2" } }, sequence: 1 }))) })],
  ["Java, chunked and gzip", (calls) => ({
    path: "/v1/import/", headers: { ...json, ...basic(`${key}:`), "Content-Encoding": "gzip" },
    chunks: halves(gzipSync(JSON.stringify(batch(calls)))) })],
  ["Ruby: /v1/import, Basic", (calls) => ({
    path: "/v1/import", headers: { ...json, ...basic(`${key}:`), "User-Agent": "analytics-ruby/2.5.0" },
    body: JSON.stringify(batch(calls)) })],
  ["PHP: Basic, closes after each call", (calls) => ({
    path: "/v1/batch", headers: { ...json, ...basic(`${key}:`), Connection: "close" }, body: JSON.stringify(batch(calls)) })],
  ["Go: Basic, a messageId and a context beside the batch", (calls) => ({
    path: "/v1/batch", headers: { ...json, ...basic(`${key}:`) },
    body: JSON.stringify({ messageId: "batch-1", context: { library: { name: "analytics-go" } }, ...batch(calls) }) })],
  ["C#: /v1/import by a host that ends in /v1", (calls) => ({
    path: "/v1/import", headers: { "Content-Type": "application/json; charset=utf-8", ...basic(`${key}:`) }, body: JSON.stringify(batch(calls)) })],
  ["a Basic key without its colon", (calls) => ({
    path: "/v1/batch", headers: { ...json, ...basic(key) }, body: JSON.stringify(batch(calls)) })],
  ["a Bearer token of somebody else's and the key in the body", (calls) => ({
    path: "/v1/batch", headers: { ...json, Authorization: "Bearer eyJhbGciOiJub25lIn0.e30." }, body: JSON.stringify(batch(calls, { writeKey: key })) })],
  ["no Content-Type at all", (calls) => ({ path: "/v1/batch", body: JSON.stringify(batch(calls, { writeKey: key })) })],
  ["a beacon of a page that goes", (calls) => ({
    path: "/beacon/v1/batch?writeKey=none", headers: { "Content-Type": "text/plain;charset=UTF-8" }, body: JSON.stringify(batch(calls, { writeKey: key })) })],
];

describe("senders", () => {
  for (const [title, build] of kSenders) {
    test(title, async () => {
      const calls = [call(), call({ event: "Order Completed", properties: { order_id: `o-${made}`, revenue: 5 } })];
      const request = build(calls);
      for (let again = 0; again < 2; ++again) {
        const answer = await send(request);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.text, '{"success":true}');
        assert.match(answer.headers["content-type"], /^application\/json/);
      }
      const rows = await cairn.log();
      for (const sent of calls) {
        const found = rows.filter((row) => row.source_key === sent.messageId);
        assert.equal(found.length, 1, `${sent.messageId} is there once`);
        assert.deepEqual(found[0].ids, { user_id: [sent.userId] });
        assert.equal(found[0].kind, sent.event);
        assert.ok(Math.abs(found[0].time - kThen) < 5_000, found[0].occurred_at);
      }
    });
  }

  const kSingles = [["track", "t"], ["identify", "i"], ["page", "p"], ["screen", "s"], ["group", "g"], ["alias", "a"]];
  for (const [type, letter] of kSingles) {
    test(`single calls: /v1/${type} and /v1/${letter}`, async () => {
      for (const [path, headers, more] of [
        [`/v1/${type}`, { ...json, ...basic(`${key}:`) }, {}],
        [`/v1/${letter}`, { "Content-Type": "text/plain" }, { writeKey: key }],
      ]) {
        // No `type`: the address says it.
        const { type: _, ...sent } = call({ groupId: "acme", previousId: `before-${made}`, ...more });
        const answer = await send({ path, headers, body: JSON.stringify(sent) });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.text, '{"success":true}');
        const rows = (await cairn.log()).filter((row) => row.source_key === sent.messageId);
        assert.equal(rows.length, 1);
      }
    });
  }
});

describe("what they hear", () => {
  const post = (body, path = "/v1/batch") => send({ path, headers: { ...json, ...basic(`${key}:`) }, body: typeof body === "string" ? body : JSON.stringify(body) });
  const isError = (answer, status) => {
    assert.equal(answer.status, status, answer.text);
    const said = JSON.parse(answer.text);
    assert.ok(said.code && said.message, answer.text);
  };

  test("one bad call is put aside, the others of its batch are kept, and the answer is 200", async () => {
    const good = call();
    const { event: _, ...nameless } = call();
    const { userId: __, ...nobody } = call();
    const answer = await post(batch([nameless, good, nobody, { type: "trak" }, 5, null, "x"]));
    assert.equal(answer.status, 200, answer.text);
    const keys = (await cairn.log()).map((row) => row.source_key);
    assert.ok(keys.includes(good.messageId));
    assert.ok(!keys.includes(nameless.messageId) && !keys.includes(nobody.messageId));
  });

  test("an unknown key is 401, no key too", async () => {
    isError(await send({ path: "/v1/track", headers: { ...json, ...basic("cw_nobody:") }, body: JSON.stringify(call()) }), 401);
    isError(await send({ path: "/v1/track", headers: json, body: JSON.stringify(call()) }), 401);
  });

  test("what is no JSON is 400, and what is too large", async () => {
    isError(await post('{"batch":['), 400);
    isError(await post("[]"), 400);
    isError(await post({ batch: 1 }), 400);
    isError(await send({ path: "/v1/batch", headers: { ...json, ...basic(`${key}:`), "Content-Encoding": "gzip" }, body: "not gzip" }), 400);
    const large = JSON.stringify(batch([call({ properties: { text: "x".repeat(5_000_000) } })]));
    // The server may answer, and close, before it has read it all.
    const answer = await post(large).catch((error) => error);
    if (answer instanceof Error) assert.match(answer.code, /EPIPE|ECONNRESET/);
    else isError(answer, 400);
    const bomb = await send({ path: "/v1/batch", headers: { ...json, ...basic(`${key}:`), "Content-Encoding": "gzip" }, body: gzipSync(large) });
    isError(bomb, 400);
  });

  test("nearly four megabytes in one batch are taken", async () => {
    const calls = Array.from({ length: 9_000 }, () => call({ properties: { text: "x".repeat(250) } }));
    const body = JSON.stringify(batch(calls));
    assert.ok(body.length > 3_500_000 && body.length < 4_000_000, `${body.length}`);
    assert.equal((await post(body)).status, 200);
    const keys = new Set((await cairn.log()).map((row) => row.source_key));
    assert.ok(calls.every((sent) => keys.has(sent.messageId)));
  });

  test("an empty batch is taken", async () => {
    assert.equal((await post(batch([]))).status, 200);
  });

  test("a message id counts once in a batch and once per source", async () => {
    const other = await cairn.addSource("another");
    const sent = call();
    assert.equal((await post(batch([sent, sent, { ...sent, userId: "else" }]))).status, 200);
    assert.equal((await send({ path: "/v1/track", headers: { ...json, ...basic(`${other}:`) }, body: JSON.stringify(sent) })).status, 200);
    const rows = (await cairn.log()).filter((row) => row.source_key === sent.messageId);
    assert.deepEqual(rows.map((row) => row.source).sort(), ["another", "raw"]);
  });

  test("two calls without a message id are two", async () => {
    const { messageId: _, ...sent } = call();
    for (let i = 0; i < 2; ++i) assert.equal((await post(batch([sent]))).status, 200);
    assert.equal((await cairn.log()).filter((row) => row.ids.user_id?.[0] === sent.userId).length, 2);
  });

  test("a sender's wrong clock is set right, and nothing is of tomorrow", async () => {
    const day = 86_400_000;
    const late = call({ timestamp: new Date(Date.now() - 3 * day - 60_000).toISOString() });
    await post({ batch: [late], sentAt: new Date(Date.now() - 3 * day).toISOString() });
    const ahead = call({ timestamp: new Date(Date.now() + 2 * day).toISOString() });
    await post({ batch: [ahead] });
    const rows = await cairn.log();
    const timeOf = (sent) => rows.find((row) => row.source_key === sent.messageId).time;
    assert.ok(Math.abs(timeOf(late) - (Date.now() - 60_000)) < 5_000, "a minute ago");
    assert.ok(timeOf(ahead) <= Date.now(), "not in the future");
  });

  test("the batch's context is under each call's own", async () => {
    const own = call({ context: { page: { path: "/own" } } });
    const bare = call();
    await post(batch([own, bare], { context: { page: { path: "/shared" }, locale: "fr-FR" } }));
    const rows = await cairn.log();
    const of = (sent) => rows.find((row) => row.source_key === sent.messageId).properties;
    assert.equal(of(own).path, "/own");
    assert.equal(of(bare).path, "/shared");
    assert.equal(of(own).locale, "fr-FR");
  });

  test("a browser may ask first, from any site", async () => {
    const answer = await send({ path: "/v1/t", method: "OPTIONS", headers: {
      Origin: "https://shop.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,x-retry-count" } });
    assert.ok(answer.status === 200 || answer.status === 204);
    assert.equal(answer.headers["access-control-allow-origin"], "*");
    for (const name of ["authorization", "content-type", "x-retry-count"])
      assert.ok(answer.headers["access-control-allow-headers"].toLowerCase().includes(name), name);
    assert.equal(answer.headers["access-control-max-age"], "86400");
  });

  test("settings and figures are answered", async () => {
    const settings = await send({ path: `/v1/projects/${key}/settings`, method: "GET" });
    assert.equal(settings.status, 200);
    assert.equal(JSON.parse(settings.text).integrations["Segment.io"].apiKey, key);
    assert.equal((await post({ series: [] }, "/v1/m")).status, 200);
  });
});

describe("start and stop", () => {
  /** Calls without a pause until `isOver`; every answer and every break of the line. */
  async function press(isOver) {
    const sent = [];
    const seen = new Map();
    const lines = Array.from({ length: 8 }, async () => {
      while (!isOver()) {
        const one = call();
        const answer = await send({ path: "/v1/track", headers: { ...json, ...basic(`${key}:`) }, body: JSON.stringify(one) })
          .catch((error) => ({ status: error.code ?? "closed", headers: {} }));
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        if (answer.status === 429) assert.match(answer.headers["retry-after"], /^\d+$/);
        if (answer.status === 200) sent.push(one.messageId);
        else await sleep(5);
      }
    });
    await Promise.all(lines);
    return { sent, seen };
  }

  test("no answer but 200 and 429 while it stops and starts; what got 200 is there once", async () => {
    let isOver = false;
    const pressed = press(() => isOver);
    await sleep(200);
    await cairn.stop();
    cairn.launch();
    await until(() => fetch(`${cairn.address}/v1/m`, { method: "POST", body: "{}" }).then((answer) => answer.ok, () => false), "an answer");
    await sleep(200);
    isOver = true;
    const { sent, seen } = await pressed;
    const told = [...seen.keys()].filter((status) => typeof status === "number");
    assert.ok(told.every((status) => status === 200 || status === 429), JSON.stringify([...seen]));
    assert.ok(sent.length > 20, JSON.stringify([...seen]));
    const count = new Map();
    for (const row of await cairn.log()) count.set(row.source_key, (count.get(row.source_key) ?? 0) + 1);
    assert.ok(sent.every((id) => count.get(id) === 1));
  });
});
