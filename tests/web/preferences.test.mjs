/**
 * The preference page in a real browser, with the real program: without scripts, on a phone and a desktop, in both
 * languages, light and dark.
 *
 *   CAIRN_BIN  the program; without it nothing is tested
 *   CHROMIUM   the browser's path, /usr/bin/chromium by default
 *
 *   node --test tests/web/preferences.test.mjs
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");

const kFlags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"];
const kPatienceMs = 120_000;
const kDesktop = { width: 1360, height: 900 };
const kPhone = { width: 320, height: 640 };
const kSettings = {
  purposes: ["email", "sms", "push", "phone", "personalisation", "profiling", "analytics"],
  interests: [
    { value: "green_tea", en: "Green tea", fr: "Thé vert" },
    { value: "tastings", en: "Tastings near me, with cake", fr: "Dégustations près de chez moi, avec gâteaux" },
  ],
  life_stages: [{ value: "family", en: "Young family", fr: "Jeune famille" }],
  causes: [{ value: "less_waste", en: "Less waste", fr: "Moins de déchets" }],
};
const skip = process.env.CAIRN_BIN ? false : "needs CAIRN_BIN";

let browser;
let directory;
let server;
let address;
let customer;
let path;

before(async () => {
  if (skip) return;
  directory = mkdtempSync(join(tmpdir(), "cairn-preferences-"));
  server = spawn(process.env.CAIRN_BIN, ["serve", "--data", directory, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  await new Promise((resolve, reject) => {
    server.once("exit", () => reject(new Error(`the program ended: ${said}`)));
    server.stdout.on("data", (bytes) => {
      said += bytes;
      if (said.includes("sign in: ")) resolve();
    });
  });
  server.removeAllListeners("exit");
  address = /listening on (\S+)/.exec(said)[1];
  await ask("PUT", "/api/v1/consent/settings", kSettings);
  const { keys } = await ask("POST", "/api/v1/sources", { name: "till", form: "server" });
  const sent = await fetch(`${address}/v1/track`, {
    method: "POST",
    headers: { Authorization: `Bearer ${keys[0].text}` },
    body: JSON.stringify({ messageId: "a1", userId: "ann", event: "Product Viewed" }),
  });
  assert.equal(sent.status, 200);
  for (let tries = 0; !customer && tries < 600; ++tries) {
    const found = await ask("POST", "/api/v1/segments/preview", { query: "exists(product_viewed)" }).catch(() => undefined);
    customer = found?.sample[0];
    if (!customer) await new Promise((done) => setTimeout(done, 100));
  }
  ({ path } = await ask("POST", `/api/v1/customers/${customer}/preference-link`));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: kFlags });
});

after(async () => {
  await browser?.close();
  if (!server) return;
  const ended = new Promise((done) => server.once("exit", done));
  server.kill("SIGTERM");
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

/** As this machine's operator, through the program's own socket. */
function ask(method, target, body) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: join(directory, "socket"), method, path: target }, (answer) => {
      let text = "";
      answer.on("data", (bytes) => (text += bytes));
      answer.on("end", () => (answer.statusCode < 400 ? resolve(JSON.parse(text)) : reject(new Error(text))));
    });
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function states() {
  const { purposes } = await ask("GET", `/api/v1/customers/${customer}/consents`);
  return Object.fromEntries(purposes.map((one) => [one.purpose, one.state]));
}

/** A fresh page, with everything that the browser complained of. */
async function open(options) {
  const context = await browser.newContext({ viewport: kDesktop, locale: "en-GB", ...options });
  context.setDefaultTimeout(kPatienceMs);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(address + path);
  return { page, complaints, close: () => context.close() };
}

test("is chosen, saved and refused without scripts", { skip }, async () => {
  const { page, complaints, close } = await open({ viewport: kPhone, javaScriptEnabled: false, locale: "fr-FR" });
  await page.getByRole("heading", { name: "Vos préférences" }).waitFor();
  await page.getByRole("switch", { name: "E-mail" }).check();
  await page.getByRole("checkbox", { name: "Thé vert" }).check();
  await page.getByRole("radio", { name: "Jeune famille" }).check();
  await page.getByRole("button", { name: "Enregistrer mes choix" }).click();
  const saved = page.getByRole("status");
  await saved.getByText("C’est enregistré").waitFor();
  assert.deepEqual(await saved.getByRole("listitem").count(), 3);
  assert.ok(await page.getByRole("switch", { name: "E-mail" }).isChecked());
  assert.ok(await page.getByRole("radio", { name: "Jeune famille" }).isChecked());
  assert.equal((await states()).email, "granted");
  assert.equal((await states()).sms, "unknown");

  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("button", { name: "Save my choices" }).click();
  await page.getByRole("status").getByText("Nothing changed").waitFor();
  await page.getByRole("button", { name: "Refuse all" }).click();
  await page.getByRole("status").getByText("E-mail: no").waitFor();
  assert.equal(await page.getByRole("switch", { checked: true }).count(), 0);
  assert.equal((await states()).email, "withdrawn");
  assert.equal((await states()).sms, "denied");
  assert.ok(await page.getByRole("checkbox", { name: "Green tea" }).isChecked(), "refusing takes no answer about oneself back");
  assert.deepEqual(complaints, []);
  await close();
});

test("is chosen with the keyboard alone", { skip }, async () => {
  const { page, close } = await open({});
  await page.getByRole("switch", { name: "Text messages" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Text messages: yes").waitFor();
  assert.equal((await states()).sms, "granted");
  await close();
});

for (const [name, viewport] of Object.entries({ phone: kPhone, desktop: kDesktop }))
  for (const locale of ["en-GB", "fr-FR"])
    for (const colorScheme of ["light", "dark"])
      test(`is readable and fits: ${name}, ${locale}, ${colorScheme}`, { skip }, async () => {
        const { page, close } = await open({ viewport, locale, colorScheme, bypassCSP: true });
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target)}`), []);
        await close();
      });
