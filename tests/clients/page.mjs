/** A shop's page in Chromium, on another origin than the server, so that the browser asks it for permission. */
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");

const kFlags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"];

export function launchBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: kFlags });
}

/** Serves `files`, {"/path": [type, text]}. */
export async function servePages(files) {
  const server = createServer((request, response) => {
    const [type, text] = files[new URL(request.url, "http://shop").pathname] ?? ["text/plain", ""];
    response.writeHead(text ? 200 : 404, { "Content-Type": type });
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/**
 * Opens `address` and collects what the browser did: `requests` as {method, url, status} of all that went to `host`,
 * with the preflights among them, and `complaints` of the page.
 */
export async function openPage(browser, address, host) {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  const byId = new Map();
  network.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (!request.url.startsWith(host)) return;
    const entry = { method: request.method, path: request.url.slice(host.length), headers: request.headers, type };
    byId.set(requestId, entry);
    requests.push(entry);
  });
  network.on("Network.responseReceived", ({ requestId, response }) => {
    if (byId.has(requestId)) byId.get(requestId).status = response.status;
  });
  await page.goto(address);
  return { page, requests, complaints, close: () => context.close() };
}
