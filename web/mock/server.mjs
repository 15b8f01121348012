/**
 * Serves web/dist and made-up reports as the real server does: the same paths, the same content security policy,
 * the same problem documents; the live view's part is in live.mjs. For looking at the pages and for their tests: it
 * keeps nothing.
 *
 *   node mock/server.mjs [--port 4173] [--scene full|partial|empty|error] [--signed-in]
 *
 * A browser can choose a scene for itself with the cookie `scene`.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { answerLive, makeLive } from "./live.mjs";

const kDist = fileURLToPath(new URL("../dist/", import.meta.url));
const kToken = "mock-token";
const kCsrf = "mock-csrf";
const kTypes = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json",
};
const kScenes = {
  full: { en: "report.en.json", fr: "report.fr.json" },
  partial: { en: "report.partial.en.json", fr: "report.partial.fr.json" },
  empty: { en: "report.empty.json", fr: "report.empty.json" },
};

const policy = (nonce) => [
  "default-src 'self'", "script-src 'self'", `style-src 'self' 'nonce-${nonce}'`, "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:", "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
].join("; ");

function cookies(request) {
  return Object.fromEntries((request.headers.cookie ?? "").split(/;\s*/).filter(Boolean).map((pair) => pair.split("=")));
}

function json(response, status, body, headers = {}) {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

const problem = (response, status, title, detail, field = undefined) =>
  json(response, status, { type: `/problems/${title.toLowerCase().replaceAll(" ", "-")}`, title, status, detail, field });

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return {};
  }
}

const isDay = (word) => word === null || /^\d{4}-\d{2}-\d{2}$/.test(word);

/** Cuts the trends to the period, as much as the mock knows of periods. */
function within(report, since, until) {
  for (const measure of Object.values(report.measures)) {
    measure.trend = measure.trend.filter(({ month }) =>
      (!since || month >= since.slice(0, 7)) && (!until || month <= until.slice(0, 7)));
  }
  if (since) report.period.since = `${since}T00:00:00Z`;
  if (until) Object.assign(report.period, { until: `${until}T00:00:00Z`, until_is: "asked" });
  return report;
}

function answerReport(response, url, scene) {
  const [since, until] = [url.searchParams.get("since"), url.searchParams.get("until")];
  if (scene === "error") return problem(response, 500, "The report failed", "The store could not be read. Run cairn doctor --data DIR.");
  if (!isDay(since)) return problem(response, 400, "Not a date", "since must look like 2026-01-31.", "since");
  if (!isDay(until)) return problem(response, 400, "Not a date", "until must look like 2026-01-31.", "until");
  const language = url.searchParams.get("lang") === "fr" ? "fr" : "en";
  const file = (kScenes[scene] ?? kScenes.full)[language];
  return json(response, 200, within(JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")), since, until));
}

async function answerApi(request, response, url, options) {
  const jar = cookies(request);
  const signedIn = options.signedIn || jar.mock_session === "1";
  const where = `${request.method} ${url.pathname}`;
  if (where === "POST /api/v1/session") {
    const { token } = await bodyOf(request);
    if (token !== kToken) return problem(response, 401, "Link used or expired", "This link was used or is too old.");
    return json(response, 200, {}, { "Set-Cookie": "mock_session=1; Path=/; HttpOnly; SameSite=Lax" });
  }
  if (!signedIn) return problem(response, 401, "Not signed in", "Open the one-time link.");
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== kCsrf) {
    return problem(response, 403, "Wrong CSRF token", "Reload the page and try again.");
  }
  const scene = jar.scene ?? options.scene;
  const tools = {
    json: (status, answer) => json(response, status, answer),
    problem: (status, title, detail, field) => problem(response, status, title, detail, field),
  };
  if (scene !== "error" && answerLive(request, response, url, await bodyOf(request), options.live[scene] ?? options.live.full, tools)) return;
  switch (where) {
    case "GET /api/v1/session":
      return json(response, 200, { user: { name: "Ada Owner", email: "ada@example.com", role: "owner" }, csrf: kCsrf });
    case "POST /api/v1/session/end":
      return json(response, 200, {}, { "Set-Cookie": "mock_session=; Path=/; Max-Age=0" });
    case "GET /api/v1/report":
      return answerReport(response, url, scene);
    default:
      if (scene === "error") return problem(response, 500, "The server failed", "The store could not be read. Run cairn doctor --data DIR.");
      return problem(response, 404, "No such path", url.pathname);
  }
}

/** A path with a file of its own gets the file; any other path is the page, which knows what to show. */
function answerFile(response, url) {
  const path = normalize(join(kDist, decodeURIComponent(url.pathname)));
  const nonce = randomBytes(16).toString("base64");
  const headers = { "Content-Security-Policy": policy(nonce), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin" };
  if (path.startsWith(kDist) && !path.endsWith(sep) && extname(path) !== ".html") {
    try {
      const bytes = readFileSync(path);
      response.writeHead(200, { ...headers, "Content-Type": kTypes[extname(path)] ?? "application/octet-stream" });
      return response.end(bytes);
    } catch {
      if (extname(path)) return response.writeHead(404, headers).end();
    }
  }
  const page = readFileSync(join(kDist, "index.html"), "utf8").replaceAll("__CSP_NONCE__", nonce);
  response.writeHead(200, { ...headers, "Content-Type": kTypes[".html"], "Cache-Control": "no-store" });
  return response.end(page);
}

/** Starts on `port` (0: any free one). Resolves with the address, the sign-in link and `stop`. */
export function startMock({ port = 0, scene = "full", signedIn = false, quiet = false } = {}) {
  const live = makeLive({ quiet });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith("/api/")) void answerApi(request, response, url, { scene, signedIn, live });
    else answerFile(response, url);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = `http://127.0.0.1:${server.address().port}`;
      const stop = () => new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
      resolve({ address, signIn: `${address}/sign-in?token=${kToken}`, stop });
    });
  });
}

function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const started = await startMock({
    port: Number(option("port", "4173")), scene: option("scene", "full"), signedIn: process.argv.includes("--signed-in"),
  });
  console.log(`${started.address}\nsign in: ${started.signIn}`);
}
