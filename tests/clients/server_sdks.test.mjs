/** The published packages for servers, with only their host changed: every call there once, whatever the server does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { assertCalls, assertOnce, kCalls } from "./calls.mjs";
import { Cairn, sleep } from "./cairn.mjs";
import { kServerSdks } from "./sdks.mjs";

const versionOf = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;

for (const [name, make] of kServerSdks) describe(`${name} ${versionOf(name)}`, () => {
  let cairn;
  let key;
  before(async () => {
    cairn = await Cairn.start();
    key = await cairn.addSource("shop server");
  });
  after(() => cairn?.remove());

  test("every call arrives once, with its ids and its time", async () => {
    const client = make(key, cairn.address);
    for (const [method, message] of kCalls) client.send(method, message);
    assert.deepEqual(await client.finish(), []);
    const rows = await cairn.logOf(kCalls.length);
    assert.equal(rows.length, kCalls.length);
    assertCalls(rows);
    assertOnce(rows);
    assert.ok(rows.every((row) => row.source === "shop server"));
  });

  test("a server that dies while it sends, and comes back, has everything once", async () => {
    const client = make(key, cairn.address);
    const kCount = 300;
    const dies = sleep(40).then(() => cairn.stop("SIGKILL")).then(() => sleep(200)).then(() => cairn.start());
    for (let i = 0; i < kCount; ++i) {
      client.send("track", { userId: `u${i}`, event: "Product Viewed", properties: { product_id: `p${i}` } });
      if (i % 10 === 9) await sleep(5);
    }
    const errors = await client.finish();
    await dies;
    assert.deepEqual(errors, []);
    const rows = (await cairn.logOf(kCalls.length + kCount)).slice(kCalls.length);
    assert.equal(rows.length, kCount);
    assertOnce(rows);
    assert.equal(new Set(rows.map((row) => row.ids.user_id[0])).size, kCount);
  });

  test("a server that stops in good order and starts again has everything once", async () => {
    const had = (await cairn.log()).length;
    const client = make(key, cairn.address);
    const kCount = 200;
    const restarts = sleep(20).then(() => cairn.stop()).then(() => cairn.start());
    for (let i = 0; i < kCount; ++i) {
      client.send("track", { userId: `v${i}`, event: "Product Viewed", properties: { product_id: `p${i}` } });
      if (i % 10 === 9) await sleep(5);
    }
    const errors = await client.finish();
    await restarts;
    assert.deepEqual(errors, []);
    const rows = (await cairn.logOf(had + kCount)).slice(had);
    assert.equal(rows.length, kCount);
    assertOnce(rows);
  });
});
