/** The published packages for pages, unmodified, in Chromium: only their host changed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { assertOnce } from "./calls.mjs";
import { Cairn, sleep, until } from "./cairn.mjs";
import { launchBrowser, openPage, servePages } from "./page.mjs";

const require = createRequire(import.meta.url);
const { buildSync } = require("esbuild");
const fileOf = (path) => readFileSync(new URL(`node_modules/${path}`, import.meta.url), "utf8");
const versionOf = (name) => JSON.parse(fileOf(`${name}/package.json`)).version;

/** As a shop's bundler would: `code` with what it imports, in one script. */
function bundle(code) {
  const { outputFiles } = buildSync({
    stdin: { contents: code, resolveDir: new URL(".", import.meta.url).pathname },
    bundle: true, write: false, format: "iife", target: "es2020", define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error",
  });
  return outputFiles[0].text;
}

const html = (head) => `<!doctype html><html lang="en"><head><title>Small shop</title><link rel="icon" href="data:,">${head}</head><body><h1>Small shop</h1></body></html>`;

/** The same calls for all of them: `analytics` has one spelling. */
const kTalk = `
  analytics.identify("ada", { email: "Ada@Example.org", plan: "gold" });
  analytics.page("Docs", "Returns", { product: "boots" });
  analytics.track("Order Completed", { order_id: "o-1", revenue: 39.9, currency: "EUR", coupon: "été" });
  analytics.group("acme", { name: "Acme" });
  analytics.alias("ada-2", "ada");
`;

function assertTalk(rows) {
  const one = (kind, where) => {
    const found = rows.filter((row) => row.kind === kind && where(row));
    assert.equal(found.length, 1, `one ${kind} in ${JSON.stringify(rows)}`);
    assert.ok(Math.abs(found[0].time - Date.now()) < 5 * 60_000, found[0].occurred_at);
    return found[0];
  };
  // They remember traits: what comes later names her by them, too.
  const identify = one("Customer Updated", (row) => row.properties.plan === "gold");
  assert.deepEqual(identify.ids.email, ["ada@example.org"]);
  assert.ok(identify.ids.user_id.includes("ada") && identify.ids.anonymous_id?.length === 1);
  const page = one("Page Viewed", (row) => row.properties.name === "Returns");
  assert.equal(page.properties.title, "Small shop");
  assert.equal(page.properties.product, "boots");
  const order = one("Order Completed", (row) => row.ids.user_id?.includes("ada"));
  assert.equal(order.properties.revenue, 39.9);
  assert.equal(order.properties.coupon, "été");
  assert.equal(order.ids.anonymous_id[0], identify.ids.anonymous_id[0]);
  one("Group Joined", (row) => row.properties.group_id === "acme");
  // Who the alias is of differs between the packages; that it came does not.
  const alias = one("Customer Updated", (row) => row.source_key !== identify.source_key);
  assert.ok([...(alias.ids.user_id ?? []), ...alias.ids.anonymous_id].includes("ada"));
  assertOnce(rows);
}

/** The stub that every snippet puts into a page before the script comes: calls wait in a list. */
const queue = (names) => names.map((name) =>
  `analytics.${name} = (...words) => { analytics.push([${JSON.stringify(name)}, ...words]); return analytics; };`).join("\n");
const kNames = ["identify", "page", "track", "group", "alias", "load", "ready", "on"];

/** [title, scripts(key, host)]: what stands in the page, in order. */
const kPages = [
  [`@segment/analytics-next ${versionOf("@segment/analytics-next")}, its script with the snippet`, (key, host) => [`
    window.analytics = []; analytics.initialize = false; analytics.invoked = true;
    ${queue(kNames)}
    analytics._writeKey = "${key}"; analytics._cdn = "${host}";
    analytics._loadOptions = { integrations: { "Segment.io": { apiHost: "${host.slice(7)}/v1", protocol: "http" } } };
    ${kTalk}`, fileOf("@segment/analytics-next/dist/umd/standalone.js")]],
  [`@segment/analytics-next ${versionOf("@segment/analytics-next")}, imported`, (key, host) => [bundle(`
    import { AnalyticsBrowser } from "@segment/analytics-next";
    const analytics = AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${host}" },
      { integrations: { "Segment.io": { apiHost: "${host.slice(7)}/v1", protocol: "http" } } });
    ${kTalk}`)]],
  [`@segment/analytics-next ${versionOf("@segment/analytics-next")}, in batches`, (key, host) => [bundle(`
    import { AnalyticsBrowser } from "@segment/analytics-next";
    const analytics = AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${host}" },
      { integrations: { "Segment.io": { apiHost: "${host.slice(7)}/v1", protocol: "http",
        deliveryStrategy: { strategy: "batching", config: { size: 3, timeout: 500 } } } } });
    ${kTalk}`)]],
  [`@customerio/cdp-analytics-browser ${versionOf("@customerio/cdp-analytics-browser")}, imported`, (key, host) => [bundle(`
    import { AnalyticsBrowser } from "@customerio/cdp-analytics-browser";
    const analytics = AnalyticsBrowser.load({ writeKey: "${key}", cdnSettings: { integrations: {
      "Customer.io Data Pipelines": { apiKey: "${key}", apiHost: "${host.slice(7)}/v1", protocol: "http" } } } });
    ${kTalk}`)]],
  [`@rudderstack/analytics-js ${versionOf("@rudderstack/analytics-js")}`, (key, host) => [
    fileOf("@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"), `
    const { RudderAnalytics } = window.rudderanalytics ?? {};
    const analytics = new RudderAnalytics();
    ${rudderLoad(key, host)}
    ${kTalk}`]],
  [`rudder-sdk-js ${versionOf("rudder-sdk-js")}`, (key, host) => [fileOf("rudder-sdk-js/dist/npm/index.js"), `
    const analytics = window.rudderanalytics;
    ${rudderLoad(key, host)}
    ${kTalk}`]],
];

/** RudderStack's asks its configuration of the same host. */
function rudderLoad(key, host) {
  return `analytics.load("${key}", "${host}", { configUrl: "${host}", logLevel: "ERROR" });`;
}

/** What a package says of itself. */
const kOld = /SDK package is deprecated/;

describe("in Chromium", () => {
  let browser;
  before(async () => { browser = await launchBrowser(); });
  after(() => browser?.close());

  /** A page with `scripts` of a shop whose server runs until `t` is over. */
  async function open(t, scripts) {
    const cairn = await Cairn.start();
    t.after(() => cairn.remove());
    const key = await cairn.addSource("web shop", "browser");
    const files = { "/": ["text/html", ""] };
    const tags = scripts(key, cairn.address).map((text, index) => {
      files[`/${index}.js`] = ["text/javascript; charset=utf-8", text];
      return `<script src="/${index}.js"></script>`;
    });
    files["/"][1] = html(tags.join(""));
    const pages = await servePages(files);
    t.after(() => pages.stop());
    const opened = await openPage(browser, `${pages.address}/`, cairn.address);
    t.after(opened.close);
    return { cairn, ...opened };
  }

  for (const [title, scripts] of kPages) {
    test(title, async (t) => {
      const { cairn, requests, complaints } = await open(t, scripts);
      try {
        await until(async () => (await cairn.log()).length >= 5, "five events");
      } catch (error) {
        throw new Error(`${error.message}; asked: ${JSON.stringify(requests)}; complaints: ${JSON.stringify(complaints)}`);
      }
      await sleep(500); // for what should not come
      const rows = await cairn.log();
      assert.deepEqual(complaints.filter((text) => !kOld.test(text)), []);
      assert.equal(rows.length, 5);
      assertTalk(rows);
      const calls = requests.filter((request) => request.method === "POST");
      assert.ok(calls.length > 0 && calls.every((call) => call.status === 200), JSON.stringify(requests));
      if (calls.some((call) => Object.keys(call.headers).some((name) => name.toLowerCase() === "authorization")))
        assert.ok(requests.some((request) => request.method === "OPTIONS"), "the browser asked first");
    });
  }

  test("@rudderstack/analytics-js, with what a banner was answered", async (t) => {
    const { cairn, page } = await open(t, (key, host) => [
      fileOf("@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"), `
      const analytics = new window.rudderanalytics.RudderAnalytics();
      analytics.load("${key}", "${host}", { configUrl: "${host}", logLevel: "ERROR",
        consentManagement: { enabled: true, provider: "custom", allowedConsentIds: ["Analytics"], deniedConsentIds: ["C0004"] } });
      analytics.track("Product Viewed", { sku: "T1" });
      window.answer = () => analytics.consent({ trackConsent: true,
        consentManagement: { allowedConsentIds: ["Analytics", "C0004"], deniedConsentIds: [] } });`]);
    const answersOf = async (kind) => (await cairn.log()).find((row) => row.kind === kind)?.properties.consent_categories;
    assert.equal(await until(() => answersOf("Product Viewed"), "the first answer"), "analytics=1 c0004=0");
    await page.evaluate(() => window.answer());
    assert.equal(await until(() => answersOf("Consent Management Interaction"), "the second answer"), "analytics=1 c0004=1");
  });
});
