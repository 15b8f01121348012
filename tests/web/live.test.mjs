/**
 * The live page in a real browser: its parts against the mock server of web/mock, and once the whole way through a
 * real one.
 *
 *   CAIRN_BIN  the program; without it the real way is skipped
 *   CHROMIUM   the browser's path, /usr/bin/chromium by default
 *
 *   node --test tests/web/live.test.mjs      after `npm run build` in web/
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startMock } from "../../web/mock/server.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");

const kFlags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"];
/** A machine that compiles meanwhile is slow; nothing here is about speed. */
const kPatienceMs = 120_000;
const kDesktop = { width: 1360, height: 900 };
const kPhone = { width: 390, height: 844 };
const kViews = ["", "?view=refused", "?view=names", "?view=rules", "?view=sources"];

let browser;
let mock;
/** Those that a test started for itself; a test that fails does not come to stopping its own. */
const mocks = [];

before(async () => {
  mock = await startOwnMock({});
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: kFlags });
});

after(async () => {
  await browser?.close();
  await Promise.all(mocks.map((one) => one.stop()));
});

async function startOwnMock(options) {
  const started = await startMock({ signedIn: true, ...options });
  mocks.push(started);
  return started;
}

/** A fresh page, with everything that the browser complained of. */
async function open(path, { scene, address = mock.address, ...options } = {}) {
  const context = await browser.newContext({ viewport: kDesktop, locale: "en-GB", ...options });
  context.setDefaultTimeout(kPatienceMs);
  if (scene) await context.addCookies([{ name: "scene", value: scene, url: address }]);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(address + path);
  return { page, complaints, close: () => context.close() };
}

async function openLive(path = "/live", options = {}) {
  const opened = await open(path, options);
  await opened.page.getByRole("heading", { level: 1 }).waitFor();
  return opened;
}

/** A mock of the test's own, where nothing arrives by itself. */
async function openAlone(path, options = {}) {
  const own = await startOwnMock({ quiet: true });
  return openLive(path, { address: own.address, ...options });
}

const lines = (page) => page.locator("main li button[aria-expanded]");

test("what arrives shows by itself, newest first", async () => {
  const { page, close } = await openLive();
  const first = await lines(page).first().textContent();
  const before = await lines(page).count();
  await page.waitForFunction((known) => document.querySelectorAll("main li button[aria-expanded]").length > known + 1, before);
  assert.notEqual(await lines(page).first().textContent(), first);
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
  await page.getByRole("img", { name: /events in the last minute/ }).waitFor();
  await close();
});

test("paused, the lines stand still and are counted; then they come all at once", async () => {
  const { page, close } = await openLive();
  await page.getByRole("button", { name: "Pause" }).click();
  const still = await lines(page).allTextContents();
  await page.getByRole("button", { name: /Go on \([2-9] new\)/ }).waitFor();
  assert.deepEqual(await lines(page).allTextContents(), still);
  await page.getByRole("button", { name: /Go on/ }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  assert.ok((await lines(page).count()) >= still.length + 2);
  await close();
});

test("filters leave what was asked for, and live in the address", async () => {
  const { page, close } = await openAlone("/live");
  const all = await lines(page).count();
  await page.getByLabel("What became of it").selectOption("refused");
  await page.waitForFunction((known) => document.querySelectorAll("main li button[aria-expanded]").length < known, all);
  for (const text of await lines(page).allTextContents()) assert.match(text, /refused/);
  assert.match(page.url(), /fate=refused/);
  await page.getByRole("combobox", { name: "Source" }).selectOption({ label: "web shop" });
  await page.getByText("Nothing of that kind lately").waitFor();
  await page.getByRole("combobox", { name: "Source" }).selectOption({ label: "till" });
  await lines(page).first().waitFor();
  await page.reload();
  await lines(page).first().waitFor();
  for (const text of await lines(page).allTextContents()) assert.match(text, /till/);
  await page.getByLabel("With the words").fill("no such words anywhere");
  await page.getByText("Nothing of that kind lately").waitFor();
  await close();
});

test("a line opens into all of the event, by keyboard too", async () => {
  const { page, close } = await openAlone("/live");
  const line = lines(page).filter({ hasText: "refused" }).first();
  await line.focus();
  await page.keyboard.press("Enter");
  assert.equal(await line.getAttribute("aria-expanded"), "true");
  await page.getByRole("region", { name: "Properties" }).filter({ hasText: '"orderid": "1043"' }).waitFor();
  await page.getByRole("definition").filter({ hasText: "is not a time" }).waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("region", { name: "Properties" }).count(), 0);
  await close();
});

test("refused calls are tried mended, replayed, and the rest dropped after asking", async () => {
  const { page, close } = await openAlone("/live?view=refused");
  const group = page.getByRole("listitem").filter({ hasText: "nothing says who it was" });
  await group.getByRole("button", { name: "Replay as it is" }).click();
  await page.getByRole("status").filter({ hasText: "12 still wait" }).waitFor();
  await group.getByRole("button", { name: "Mend…" }).click();
  assert.equal(await group.getByLabel("to", { exact: true }).inputValue(), "userId", "the field that is wrong is there already");
  await group.getByLabel("Rename the field").fill("user");
  await group.getByRole("button", { name: "Try on the first 20" }).click();
  await group.getByText("0 of 12 would be events.").waitFor();
  await group.getByLabel("Rename the field").fill("userid");
  await group.getByRole("button", { name: "Try on the first 20" }).click();
  await group.getByText("12 of 12 would be events.").waitFor();
  await group.getByRole("region", { name: "The first, mended" }).filter({ hasText: '"userId": "42"' }).waitFor();
  await group.getByRole("button", { name: "Mend and replay 12" }).click();
  await page.getByRole("status").filter({ hasText: "12 became events." }).waitFor();
  await group.waitFor({ state: "detached" });
  const other = page.getByRole("listitem").filter({ hasText: "is not a time" });
  await other.getByRole("button", { name: "Drop" }).click();
  await other.getByRole("button", { name: "Drop 3 for good?" }).click();
  await page.getByText("Nothing waits").waitFor();
  await close();
});

test("a value can be set where one is missing", async () => {
  const { page, close } = await openAlone("/live?view=refused");
  const group = page.getByRole("listitem").filter({ hasText: "is not a time" });
  await group.getByRole("button", { name: "Mend…" }).click();
  await group.getByRole("button", { name: "Remove this change" }).click();
  await group.getByRole("button", { name: "Set a value" }).click();
  await group.getByLabel("Set the field").fill("timestamp");
  await group.getByLabel("to the value").fill("2026-01-31T10:00:00Z");
  await group.getByRole("button", { name: "Mend and replay 3" }).click();
  await page.getByRole("status").filter({ hasText: "3 became events." }).waitFor();
  await close();
});

test("undeclared names say what was likely meant", async () => {
  const { page, close } = await openAlone("/live?view=names");
  const row = page.getByRole("row").filter({ hasText: "orderid" });
  await row.getByText("order_id?").waitFor();
  assert.match(await row.textContent(), /Order Completed.*text.*1001/);
  await close();
});

test("rules are changed, tried before they are saved, and a wrong one is shown where it is", async () => {
  const { page, close } = await openAlone("/live?view=rules");
  await page.getByRole("button", { name: "Edit the rule Our e-mail addresses" }).click();
  await page.getByLabel("Any of these, one a line").fill("@brand.fr\n\n @brand.com ");
  await page.getByText("Not saved yet").waitFor();
  await page.getByLabel("the e-mail address", { exact: true }).fill("eve@brand.com");
  await page.getByRole("button", { name: "Which rules match?" }).click();
  const matches = page.getByRole("status");
  await matches.getByText("Our e-mail addresses: @brand.com").waitFor();
  await matches.getByText("Test coupons: TEST").waitFor();
  await page.getByRole("button", { name: "Edit the rule Our offices" }).click();
  await page.getByLabel("Any of these, one a line").fill("10.0.0.0/8\nthe office");
  await page.getByRole("button", { name: "Edit the rule Search engines" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "'the office' is no address" }).waitFor();
  const values = page.getByLabel("Any of these, one a line");
  assert.match(await values.inputValue(), /the office/, "the wrong rule is opened");
  assert.equal(await values.getAttribute("aria-invalid"), "true");
  await values.fill("10.0.0.0/8");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Not saved yet").waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("the e-mail address ends with @brand.fr, @brand.com").waitFor();
  await page.getByText("the address is in the network 10.0.0.0/8").waitFor();
  await page.getByRole("button", { name: "Back to the defaults" }).click();
  await page.getByText("the address is in the network … (no values yet)").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("the address is in the network 10.0.0.0/8").waitFor();
  await close();
});

test("what a rule looks at decides what it may be asked", async () => {
  const { page, close } = await openAlone("/live?view=rules");
  await page.getByRole("button", { name: "Add a rule" }).click();
  const options = () => page.getByLabel("Holds when it").locator("option").allTextContents();
  await page.getByLabel("Looks at").selectOption("ip");
  assert.deepEqual(await options(), ["is in the network", "is"]);
  await page.getByLabel("Looks at").selectOption("property");
  await page.getByLabel("Name of the property").fill("sandbox");
  await page.getByLabel("Holds when it").selectOption("is_true");
  assert.equal(await page.getByLabel("Any of these, one a line").count(), 0);
  await page.getByText("the property sandbox is true").waitFor();
  await close();
});

test("a new shop is led to its first source, and what to paste can be copied", async () => {
  const own = await startOwnMock({});
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page, close } = await openLive("/live", { address: own.address, scene: "empty", ...context });
  await page.getByRole("heading", { name: "Connect your shop" }).waitFor();
  await page.getByLabel("Name of a new source").fill("web shop");
  await page.getByRole("button", { name: "Add the source" }).click();
  const snippet = page.getByRole("region", { name: "What to paste" });
  await snippet.filter({ hasText: `<script src="${own.address}/cairn.js" data-key="cw_` }).waitFor();
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await snippet.textContent());
  await close();
});

test("a server's key is shown once, and rotated while the old one goes on", async () => {
  const { page, close } = await openAlone("/live?view=sources");
  const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "shop server" }) });
  assert.equal(await card.getByText("Copy it now").count(), 0);
  await card.getByRole("button", { name: "New key" }).click();
  await card.getByText("This key is secret and shown this once.").waitFor();
  await card.getByRole("region", { name: "What to paste" }).filter({ hasText: "Authorization: Bearer cw_" }).waitFor();
  assert.equal(await card.getByText(/^key /).count(), 2);
  await card.getByText(/until /).waitFor();
  await card.getByRole("button", { name: "Revoke" }).first().click();
  await card.getByRole("button", { name: "Revoke now?" }).click();
  await page.waitForFunction(() => !document.body.textContent.includes("until "));
  await page.reload();
  await page.getByRole("heading", { name: "shop server" }).waitFor();
  assert.equal(await page.getByText("Copy it now").count(), 0);
  await close();
});

test("the pyramid and the live page lead to each other, and back", async () => {
  const { page, close } = await openLive();
  await page.getByRole("link", { name: "Pyramid" }).click();
  await page.getByRole("tablist").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  await page.getByRole("link", { name: "Live", exact: true }).click();
  await page.getByRole("heading", { name: "Event by event" }).waitFor();
  await page.getByRole("link", { name: /Refused/ }).click();
  await page.getByRole("heading", { name: "Refused, and waiting" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Event by event" }).waitFor();
  await page.goBack();
  await page.getByRole("tablist").waitFor();
  await close();
});

test("French is whole: no English heading, button or label is left", async () => {
  for (const view of kViews) {
    const words = {};
    for (const language of ["en", "fr"]) {
      const { page, close } = await openAlone(`/live${view}${view ? "&" : "?"}lang=${language}`);
      await page.getByRole("heading", { level: 2 }).waitFor();
      await page.waitForLoadState("networkidle").catch(() => {});
      words[language] = await page.locator("main h1, main h2, main h3, main label").evaluateAll((all) => all.map((one) => one.firstChild.textContent));
      await close();
    }
    const same = words.fr.filter((word) => words.en.includes(word) && !["web shop", "shop server", "till", "Source"].includes(word));
    assert.deepEqual(same, [], view);
  }
});

test("why a call was refused is said in French, too: in its line, its details, and the list of what waits", async () => {
  const { page, close } = await openAlone("/live?lang=fr");
  const line = lines(page).filter({ hasText: "« last tuesday » n’est pas une heure" }).first();
  await line.click();
  await page.getByRole("definition").filter({ hasText: "écrivez-la comme 2026-03-29T14:05:00Z" }).waitFor();
  await page.goto(`${new URL(page.url()).origin}/live?view=refused&lang=fr`);
  await page.getByRole("heading", { level: 3, name: "rien ne dit qui c’était : envoyez un userId ou un anonymousId" }).waitFor();
  await close();
});

test("nothing is complained of: no console message, no breach of the content security policy", async () => {
  for (const view of kViews) {
    const { page, complaints, close } = await openLive(`/live${view}`);
    await page.getByRole("heading", { level: 2 }).waitFor();
    if (!view) await lines(page).first().click();
    await page.waitForTimeout(1200);
    assert.deepEqual(complaints, [], view);
    assert.deepEqual(await page.evaluate(() => window.violations), [], view);
    await close();
  }
});

test("the pages meet WCAG 2.1 AA as far as a machine can tell, in both schemes, wide and narrow", async () => {
  const looks = [{}, { viewport: kPhone, colorScheme: "dark", locale: "fr-FR" }, { colorScheme: "dark" }, { viewport: kPhone }];
  for (const view of [...kViews, "empty"]) {
    for (const look of looks) {
      const { page, close } = view === "empty" ? await openLive("/live", { ...look, scene: "empty" }) : await openAlone(`/live${view}`, look);
      await page.getByRole("heading", { level: 2 }).waitFor();
      if (view === "") await lines(page).first().click();
      if (view === "?view=refused") await page.getByRole("button", { name: /Mend…|Réparer…/ }).first().click();
      if (view === "?view=rules") await page.getByRole("button", { name: /Edit the rule Test coupons|Modifier la règle Test coupons/ }).click();
      await page.waitForTimeout(1600);
      await page.evaluate(`${axe};0`);
      const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
      assert.deepEqual(found.violations.map((rule) => `${view} ${JSON.stringify(look)} ${rule.id}: ${rule.nodes.map((node) => node.target).join(", ")}`), []);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wider <= 0, `${view} ${JSON.stringify(look)} does not scroll sideways (${wider})`);
      await close();
    }
  }
});

test("everything can be reached by keyboard, with a visible focus", async () => {
  const { page, close } = await openAlone("/live?view=rules");
  await page.getByRole("heading", { level: 2 }).waitFor();
  const reached = new Set();
  for (let step = 0; step < 60; ++step) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const here = document.activeElement;
      const ring = getComputedStyle(here).outlineStyle !== "none" || here.type === "radio" || here.getBoundingClientRect().width < 2;
      return { tag: here.tagName.toLowerCase(), ring, name: here.textContent.slice(0, 40) };
    });
    if (focus.tag === "body") break;
    reached.add(focus.tag);
    assert.ok(focus.ring, `${focus.tag} '${focus.name}' shows its focus`);
  }
  for (const tag of ["a", "button", "input", "textarea"]) assert.ok(reached.has(tag), `${tag} is reached`);
  await close();
});

test("a server that fails says so, and can be asked again", async () => {
  const { page, close } = await open("/live", { scene: "error" });
  await page.getByRole("heading", { name: "The server failed" }).waitFor();
  await page.context().clearCookies({ name: "scene" });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Event by event" }).waitFor();
  await close();
});

/** The program on a fresh directory: its address and sign-in link. */
async function startCairn() {
  const directory = mkdtempSync(join(tmpdir(), "cairn-live-"));
  const server = spawn(process.env.CAIRN_BIN, ["serve", "--data", directory, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  await new Promise((resolve, reject) => {
    server.once("exit", () => reject(new Error(`the program ended: ${said}`)));
    server.stdout.on("data", (bytes) => {
      said += bytes;
      if (said.includes("sign in: ")) resolve();
    });
  });
  const stop = () => new Promise((done) => {
    server.removeAllListeners("exit");
    server.once("exit", () => {
      rmSync(directory, { recursive: true, force: true });
      done();
    });
    server.kill("SIGTERM");
  });
  return { address: /listening on (\S+)/.exec(said)[1], signIn: /sign in: (\S+)/.exec(said)[1], stop };
}

test("the real way: a first source, its events live, one refused, mended and replayed", { skip: process.env.CAIRN_BIN ? false : "needs CAIRN_BIN" }, async () => {
  const cairn = await startCairn();
  const { page, complaints, close } = await open(new URL(cairn.signIn).pathname + new URL(cairn.signIn).search, { address: cairn.address });
  try {
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Live", exact: true }).click();
    await page.getByRole("heading", { name: "Connect your shop" }).waitFor();
    await page.getByLabel("Name of a new source").fill("till");
    await page.getByLabel("It sends from").selectOption("server");
    await page.getByRole("button", { name: "Add the source" }).click();
    const text = await page.getByRole("region", { name: "What to paste" }).textContent();
    const key = /Bearer (\S+)'/.exec(text)[1];
    const send = async (call) => {
      const answer = await fetch(`${cairn.address}/v1/track`, { method: "POST", headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify(call) });
      assert.equal(answer.status, 200);
    };
    await page.getByRole("link", { name: "Stream" }).click();
    await send({ messageId: "a1", userId: "42", event: "Order Completed", properties: { order_id: "1001", total: 59.9, currency: "EUR", coupon: "TEST1" } });
    const first = lines(page).filter({ hasText: "Order Completed" });
    await first.filter({ hasText: "kept" }).filter({ hasText: "test" }).filter({ hasText: "user_id=42" }).waitFor();
    await send({ messageId: "a2", event: "Basket Kicked", userid: "43" });
    await lines(page).filter({ hasText: "Basket Kicked" }).filter({ hasText: "refused" }).waitFor();
    await page.getByRole("link", { name: /Refused/ }).click();
    await page.getByRole("button", { name: "Mend…" }).click();
    await page.getByLabel("Rename the field").fill("userid");
    await page.getByLabel("to", { exact: true }).fill("userId");
    await page.getByRole("button", { name: "Mend and replay 1" }).click();
    await page.getByRole("status").filter({ hasText: "1 became an event." }).waitFor();
    await page.getByRole("link", { name: "Stream" }).click();
    await lines(page).filter({ hasText: "Basket Kicked" }).filter({ hasText: "kept" }).filter({ hasText: "user_id=43" }).waitFor();
    await page.getByRole("link", { name: /Undeclared/ }).click();
    await page.getByRole("row").filter({ hasText: "Basket Kicked" }).first().waitFor();
    assert.deepEqual(complaints.filter((text) => !text.includes("401")), []);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
  } finally {
    await close();
    await cairn.stop();
  }
});
