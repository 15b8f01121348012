/**
 * A collector of the wire protocol that keeps what it is sent and can misbehave, and a shop under a strict policy:
 * what `cairn.js` meets in the wild, in a few lines each.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

const kDist = new URL("../../web/dist/", import.meta.url);
const kTypes = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };

export const fileOf = (path) => readFileSync(new URL(path, kDist));

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({
      address: `http://127.0.0.1:${server.address().port}`,
      stop: () => new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
    }));
  });
}

/**
 * `answers` are given one after the other, then 200: a status, `{status, retryAfter}`, `drop` (cut before it was
 * taken) or `lose` (taken, and cut before the answer). `isDown` drops everything. `refuses(batch)` answers 400.
 */
export class Collector {
  batches = [];
  preflights = 0;
  attempts = [];
  answers = [];
  isDown = false;
  refuses = () => false;
  keys = null;

  async start() {
    const { address, stop } = await listen(createServer((request, response) => void this.answer(request, response).catch(() => {})));
    Object.assign(this, { address, stop });
    return this;
  }

  async answer(request, response) {
    if (request.method === "GET") return this.script(request, response);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
    if (request.method === "OPTIONS") {
      ++this.preflights;
      return response.writeHead(204).end();
    }
    const text = await bodyOf(request);
    const body = JSON.parse(text);
    const attempt = { at: Date.now(), path: request.url, type: request.headers["content-type"], bytes: Buffer.byteLength(text), body };
    this.attempts.push(attempt);
    const step = this.isDown ? "drop" : (this.answers.shift() ?? 200);
    if (step === "drop") return request.socket.destroy();
    let { status = step, retryAfter } = step;
    if (this.keys && !this.keys.includes(body.writeKey)) status = 401;
    if (this.refuses(body.batch)) status = 400;
    if (retryAfter !== undefined) response.setHeader("Retry-After", String(retryAfter));
    if (status === 200 || step === "lose") this.batches.push(attempt);
    if (step === "lose") return request.socket.destroy();
    response.writeHead(status, { "Content-Type": "application/json" });
    return response.end(status === 200 ? '{"success":true}' : '{"code":"refused","message":"refused"}');
  }

  script(request, response) {
    response.writeHead(200, { "Content-Type": kTypes[".js"], "Access-Control-Allow-Origin": "*" });
    return response.end(request.url.startsWith("/cairn.js") ? fileOf("cairn.js") : "");
  }

  /** What was taken, each messageId once, as a server that knows them does; oldest first. */
  events() {
    const out = new Map();
    for (const { body } of this.batches) {
      for (const event of body.batch) {
        const before = out.get(event.messageId);
        if (before && JSON.stringify(before.event) !== JSON.stringify(event)) throw new Error(`two events are called ${event.messageId}`);
        if (!before) out.set(event.messageId, { event, shared: body.context });
      }
    }
    return [...out.values()].map(({ event, shared }) => ({ ...event, context: { ...shared, ...event.context } }));
  }

  named(name) {
    return this.events().filter((event) => (name === "Page Viewed" ? event.type === "page" : event.event === name || event.type === name));
  }

  /** Waits until `count` events of the name have come, and gives them. */
  async wait(name, count = 1, patience_ms = 30_000) {
    const end = Date.now() + patience_ms;
    while (this.named(name).length < count) {
      if (Date.now() > end) {
        const found = this.events().map((event) => event.event ?? event.type).join(", ");
        throw new Error(`waited for ${count} × ${name}, there are: ${found}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.named(name);
  }
}

/** A page for whatever a test does; the query's names are the script tag's attributes, `slow_ms` delays a picture. */
function testPage(url, collector) {
  const attributes = [...url.searchParams].filter(([name]) => name.startsWith("data-")).map(([name, value]) => ` ${name}="${value}"`).join("");
  const slow = url.searchParams.get("slow_ms");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test page</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/test.css"><script src="/before.js"></script>
<script src="${collector.address}/cairn.js" data-key="k1"${attributes} crossorigin async></script></head><body>
<button id="dead">Nothing</button> <button id="changes">Changes</button> <button id="asks">Asks</button>
<button id="ignored" data-cairn-ignore>Ignored</button> <a id="moves" href="/test?second">Moves</a> <p id="text">Some words to choose with three clicks.</p>
<button id="coupon" data-cairn-event="Coupon Applied" data-cairn-prop-coupon_name="007" data-cairn-prop-discount="4.5"><b>Apply</b></button>
<button id="named" data-cairn-click="size guide" data-cairn-prop-size="XL">Size guide</button>
<section id="list" data-cairn-event="Product List Viewed" data-cairn-on="load" data-cairn-props='{"list_id":"l1"}'>
<i data-cairn-product data-cairn-prop-product_id="1" data-cairn-prop-price="2.50"></i><i data-cairn-product data-cairn-prop-product_id="2" data-cairn-prop-price="3"></i></section>
<form id="form" action="/test" data-cairn-event="Products Searched"><input name="secret" id="secret"><input type="password" id="password" autocomplete="off"><button>Go</button></form>
<p id="refused" hidden data-cairn-event="Payment Refused" data-cairn-on="appear" data-cairn-prop-reason="expired_card">Refused</p>
<div class="tall"></div>${slow ? `<img src="/slow.svg?ms=${slow}" alt="" width="10" height="10">` : ""}<script src="/test.js"></script>${url.searchParams.has("late") ? '<script src="/late.js"></script>' : ""}</body></html>`;
}

const kTestScript = `
document.getElementById("changes").addEventListener("click", (event) => { event.target.dataset.n = Math.random(); });
document.getElementById("asks").addEventListener("click", () => { fetch("/status/200").then(() => {}); });
document.getElementById("form").addEventListener("submit", (event) => event.preventDefault());
window.raise = (message) => setTimeout(() => { throw new TypeError(message); });
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));`;

/** The demo shop below /demo-shop/, /test for one behaviour at a time, and requests that fail. */
export async function startShop(collector) {
  const policy = [
    "default-src 'none'", `script-src 'self' ${collector.address}`, "style-src 'self'", "img-src 'self' data:", `connect-src 'self' ${collector.address}`,
    "form-action 'self'", "base-uri 'none'", "require-trusted-types-for 'script'",
  ].join("; ");
  const shop = { before: "" };
  function answer(request, response) {
    const url = new URL(request.url, "http://shop");
    const send = (status, type, body) => response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": policy, "Cache-Control": "no-store" }).end(body);
    const [, first, second] = url.pathname.split("/");
    if (first === "test") return send(200, kTypes[".html"], testPage(url, collector));
    if (first === "before.js") return send(200, kTypes[".js"], shop.before);
    if (first === "test.js") return send(200, kTypes[".js"], kTestScript);
    if (first === "test.css") return send(200, kTypes[".css"], ".tall { height: 3000px }");
    if (first === "late.js") return setTimeout(() => send(200, kTypes[".js"], 'document.title = "Late title";'), 500);
    if (first === "status") return send(Number(second), "text/plain", "as asked");
    if (first === "cut") return request.socket.destroy();
    if (first === "slow.svg") return setTimeout(() => send(200, kTypes[".svg"], '<svg xmlns="http://www.w3.org/2000/svg"/>'), Number(url.searchParams.get("ms")));
    try {
      const path = url.pathname.slice(1).replace(/\/$/, "/index.html");
      const bytes = fileOf(path);
      const type = kTypes[extname(path)] ?? "application/octet-stream";
      return send(200, type, extname(path) === ".html" ? String(bytes).replace('src="/cairn.js"', `src="${collector.address}/cairn.js" crossorigin`) : bytes);
    } catch {
      return send(404, "application/problem+json", "{}");
    }
  }
  return Object.assign(shop, await listen(createServer(answer)));
}
