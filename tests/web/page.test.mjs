/**
 * The pyramid page in a real browser, against a running server.
 *
 *   CAIRN_URL      address of the server; without it, the mock server of web/mock is started
 *   CAIRN_SIGN_IN  one-time link; may be left out where the server asks for no sign-in
 *   CHROMIUM       the browser's path, /usr/bin/chromium by default
 *
 *   node --test tests/web/
 *
 * The shop behind CAIRN_URL must have events: the tests read its picture, they do not make it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");

const kFlags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"];
/** A machine that compiles meanwhile is slow; nothing here is about speed. */
const kPatienceMs = 120_000;
const kDesktop = { width: 1360, height: 900 };
const kPhone = { width: 390, height: 844 };
const kFrench = ["Informer", "Résoudre", "Répondre", "Anticiper", "Pressentir", "Grandir"];
const kEnglish = ["Inform", "Resolve", "Respond", "Anticipate", "Foresee", "Empower"];

let browser;
let mock;
let address;
/** Cookies of the signed-in browser: the link works once, so it is opened once. */
let signedIn;

before(async () => {
  let link = process.env.CAIRN_SIGN_IN;
  if (process.env.CAIRN_URL) {
    address = process.env.CAIRN_URL.replace(/\/$/, "");
  } else {
    const { startMock } = await import("../../web/mock/server.mjs");
    mock = await startMock();
    address = mock.address;
    link = mock.signIn;
  }
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: kFlags });
  if (!link) return;
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("tablist").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  signedIn = await context.storageState();
  await context.close();
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

/** A fresh page at `path`, with everything that the browser complained of. */
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: kDesktop, locale: "en-GB", storageState: signedIn, ...options });
  context.setDefaultTimeout(kPatienceMs);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
    });
  });
  await page.goto(address + path);
  return { page, complaints, close: () => context.close() };
}

async function openPyramid(path = "/", options = {}) {
  const opened = await open(path, options);
  await opened.page.getByRole("tablist").waitFor();
  return opened;
}

const levelNames = (page) => page.getByRole("tab").evaluateAll((tabs) => tabs.map((tab) => tab.textContent));
const chosenTab = (page) => page.locator('[role="tab"][aria-selected="true"]');

test("the pyramid is drawn: six stones, the first level at the foot, a question and its answer", async () => {
  const { page, close } = await openPyramid();
  const names = await levelNames(page);
  assert.equal(names.length, 6);
  [...kEnglish].reverse().forEach((name, index) => assert.ok(names[index].includes(name), `${names[index]} has ${name}`));
  const boxes = await page.locator("svg [data-level]").evaluateAll((stones) =>
    stones.map((stone) => ({ level: Number(stone.dataset.level), box: stone.getBoundingClientRect().toJSON() })));
  assert.equal(boxes.length, 6);
  boxes.sort((a, b) => a.level - b.level);
  for (let index = 1; index < boxes.length; ++index) {
    assert.ok(boxes[index].box.top < boxes[index - 1].box.top, `level ${index + 1} lies above level ${index}`);
    assert.ok(boxes[index].box.width < boxes[index - 1].box.width, `level ${index + 1} is narrower than level ${index}`);
  }
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
  assert.ok((await page.getByRole("heading", { level: 2 }).count()) >= 5);
  await close();
});

test("nothing is complained of: no console message, no breach of the content security policy", async () => {
  for (const options of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: kPhone }]) {
    const { page, complaints, close } = await openPyramid("/", options);
    for (const tab of await page.getByRole("tab").all()) await tab.click();
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.waitForLoadState("networkidle");
    assert.deepEqual(complaints, []);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    const policy = (await page.request.get(`${address}/`, { headers: { Accept: "text/html" } })).headers()["content-security-policy"] ?? "";
    assert.match(policy, /script-src 'self'/);
    assert.match(policy, /style-src 'self' 'nonce-[^']+'/);
    assert.equal(await page.evaluate(() => document.querySelector("meta[name=csp-nonce]").content === "__CSP_NONCE__"), false);
    await close();
  }
});

test("the style elements made at run time are let in by their nonce", async () => {
  const { page, close } = await openPyramid();
  const accent = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--mantine-primary-color-filled"));
  assert.notEqual(accent.trim(), "");
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(background, "rgba(0, 0, 0, 0)");
  await close();
});

test("switching the language changes every word, and is remembered", async () => {
  const { page, close } = await openPyramid();
  const english = await page.getByRole("heading", { level: 2 }).allTextContents();
  await page.getByText("FR", { exact: true }).click();
  await page.getByRole("tab", { name: "Informer" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "fr");
  const names = await levelNames(page);
  [...kFrench].reverse().forEach((name, index) => assert.ok(names[index].includes(name), `${names[index]} has ${name}`));
  const french = await page.getByRole("heading", { level: 2 }).allTextContents();
  assert.equal(french.length, english.length);
  french.forEach((title, index) => assert.notEqual(title, english[index]));
  await page.reload();
  await page.getByRole("tab", { name: "Informer" }).waitFor();
  await close();
});

test("the language is that of the address, else the browser's", async () => {
  const asked = await openPyramid("/?lang=fr");
  await asked.page.getByRole("tab", { name: "Informer" }).waitFor();
  await asked.close();
  const browsers = await openPyramid("/", { locale: "fr-FR" });
  await browsers.page.getByRole("tab", { name: "Informer" }).waitFor();
  await browsers.close();
});

test("a stone leads to its measures, and the address remembers it", async () => {
  const { page, close } = await openPyramid();
  await page.getByRole("tab", { name: "Empower" }).click();
  assert.match(page.url(), /level=6/);
  await page.getByRole("tabpanel").getByRole("heading", { level: 2, name: "Empower" }).waitFor();
  await page.reload();
  await page.getByRole("tabpanel").getByRole("heading", { level: 2, name: "Empower" }).waitFor();
  await close();
});

test("the period is kept in the address, and goes back with the back button", async () => {
  const { page, close } = await openPyramid();
  const asked = page.waitForResponse((response) => response.url().includes("/api/v1/report") && response.url().includes("since="));
  await page.getByText("12 months", { exact: true }).click();
  assert.equal((await asked).status(), 200);
  assert.match(page.url(), /since=\d{4}-\d{2}-\d{2}/);
  await page.goBack();
  await page.waitForFunction(() => !location.search.includes("since="));
  assert.equal(await page.getByRole("radio", { name: "Everything" }).isChecked(), true);
  await close();
});

test("everything can be reached and used by keyboard, with a visible focus", async () => {
  const { page, close } = await openPyramid();
  const reached = new Set();
  for (let step = 0; step < 60; ++step) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const here = document.activeElement;
      const style = getComputedStyle(here);
      const ring = style.outlineStyle !== "none" || here.type === "radio" || here.getBoundingClientRect().width < 2;
      return { role: here.getAttribute("role") ?? here.tagName.toLowerCase(), ring, name: here.textContent.slice(0, 40) };
    });
    if (focus.role === "body") break;
    reached.add(focus.role);
    assert.ok(focus.ring, `${focus.role} '${focus.name}' shows its focus`);
  }
  for (const role of ["tab", "slider", "button", "summary", "input", "a"]) assert.ok(reached.has(role), `${role} is reached`);
  await chosenTab(page).focus();
  await page.keyboard.press("End");
  assert.match(await chosenTab(page).textContent(), /Inform/);
  await page.keyboard.press("ArrowUp");
  assert.match(await chosenTab(page).textContent(), /Resolve/);
  await close();
});

test("a trend is read out month by month", async () => {
  const { page, close } = await openPyramid();
  const slider = page.getByRole("slider").first();
  await slider.focus();
  const last = await slider.getAttribute("aria-valuetext");
  await page.keyboard.press("Home");
  const first = await slider.getAttribute("aria-valuetext");
  assert.notEqual(first, last);
  assert.equal(await slider.getAttribute("aria-valuenow"), "0");
  await close();
});

test("the page meets WCAG 2.1 AA as far as a machine can tell: light and wide, dark and narrow", async () => {
  for (const options of [{}, { viewport: kPhone, colorScheme: "dark", locale: "fr-FR" }]) {
    const { page, close } = await openPyramid("/", options);
    await page.evaluate(() => document.querySelector("details").setAttribute("open", ""));
    await page.waitForTimeout(600);
    await page.evaluate(`${axe};0`);
    const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
    assert.deepEqual(found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target).join(", ")}`), []);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `the page does not scroll sideways (${wider})`);
    await close();
  }
});

test("a stranger is told to open the one-time link", { skip: process.env.CAIRN_URL && !process.env.CAIRN_SIGN_IN }, async () => {
  const { page, close } = await open("/", { storageState: undefined });
  await page.getByText("cairn owner-link --data DIR").waitFor();
  assert.equal(await page.getByRole("tablist").count(), 0);
  await close();
});

test("looking at a sign-in link does not use it, and a wrong one says where to get another", async () => {
  const { page, close } = await open("/sign-in?token=wrong", { storageState: undefined });
  const asked = [];
  page.on("request", (request) => asked.push(request.method()));
  await page.waitForLoadState("networkidle");
  assert.ok(!asked.includes("POST"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByText("cairn owner-link --data DIR").waitFor();
  await close();
});

test("a wrong period is refused in words, with the way back", async () => {
  const { page, close } = await open("/?since=yesterday-ish");
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Show the whole period" }).click();
  await page.getByRole("tablist").waitFor();
  assert.doesNotMatch(page.url(), /since=/);
  await close();
});

const ofMock = { skip: process.env.CAIRN_URL ? "needs the mock server's scenes" : false };

async function openScene(scene) {
  const opened = await open("/", {});
  await opened.page.context().addCookies([{ name: "scene", value: scene, url: address }]);
  await opened.page.reload();
  return opened;
}

test("an empty shop says what to do first", ofMock, async () => {
  const { page, close } = await openScene("empty");
  await page.getByText("cairn import events", { exact: false }).first().waitFor();
  await close();
});

test("levels that are not connected are hatched and say so", ofMock, async () => {
  const { page, close } = await openScene("partial");
  await page.getByRole("tab", { name: /Inform.*not connected/ }).click();
  await page.getByText("not enough yet (0 of 100)").first().waitFor();
  assert.equal(await page.locator('svg [data-strength="none"]').count(), 3);
  await close();
});

test("a failing report shows the problem document and can be tried again", ofMock, async () => {
  const { page, close } = await openScene("error");
  await page.getByRole("heading", { name: "The report failed" }).waitFor();
  await page.context().clearCookies({ name: "scene" });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("tablist").waitFor();
  await close();
});

// Last: it ends the session that the others share.
test("signing out leads to the stranger's page", { skip: process.env.CAIRN_URL && !process.env.CAIRN_SIGN_IN }, async () => {
  const { page, close } = await openPyramid();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("cairn owner-link --data DIR").waitFor();
  await close();
});
