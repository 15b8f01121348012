/**
 * The real program on a fresh directory, for tests of what connects to it.
 *
 *   CAIRN_BIN   the program; build/release/cairn, else build/dev/cairn
 */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const kRoot = fileURLToPath(new URL("../..", import.meta.url));
/** A machine that compiles meanwhile is slow; nothing here is about speed. */
export const kPatienceMs = 60_000;

const run = promisify(execFile);

function program() {
  if (process.env.CAIRN_BIN) return process.env.CAIRN_BIN;
  return ["build/release/cairn", "build/dev/cairn"].map((path) => join(kRoot, path)).find(existsSync);
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Again and again until `ask` returns something true; what it returned. */
export async function until(ask, what, limitMs = kPatienceMs) {
  const end = Date.now() + limitMs;
  for (;;) {
    const got = await ask();
    if (got) return got;
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await sleep(50);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Cairn {
  #data = mkdtempSync(join(tmpdir(), "cairn-clients-"));
  #server;
  #said = "";
  port;

  /** A running server with nothing in it. It keeps its port when it is started again. */
  static async start() {
    const cairn = new Cairn();
    cairn.port = await freePort();
    await cairn.start();
    return cairn;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Launches it, without waiting for it to be ready. */
  launch() {
    this.#said = "";
    this.#server = spawn(program(), ["serve", "--data", this.#data, "--port", String(this.port), "--no-link"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#server.stdout, this.#server.stderr])
      stream.on("data", (text) => { this.#said += text; });
  }

  async start() {
    this.launch();
    const server = this.#server;
    await until(() => {
      if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}: ${this.#said}`);
      return /^listening on /m.test(this.#said);
    }, "the server to listen");
  }

  /** `SIGTERM` is a stop in good order, `SIGKILL` a power cut. */
  async stop(signal = "SIGTERM") {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await ended;
  }

  async remove() {
    await this.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async command(...words) {
    const { stdout } = await run(program(), [...words, "--data", this.#data], { maxBuffer: 1 << 30 });
    return stdout;
  }

  /** Makes a source and returns its write key. `form`: server, browser or webhook. */
  async addSource(name, form = "server") {
    const said = await this.command("source", "add", name, "--form", form);
    const key = /cw_[\w-]+/.exec(said)?.[0];
    if (!key) throw new Error(`no write key in: ${said}`);
    return key;
  }

  /** The log, oldest first, with `ids` as {kind: [value…]}, `time` in milliseconds and `properties` as an object. */
  async log() {
    const lines = (await this.command("log", "--json")).split("\n").filter(Boolean);
    return lines.map((line) => {
      const row = JSON.parse(line);
      const ids = {};
      for (const [kind, value] of row.identifiers) (ids[kind] ??= []).push(value);
      return { ...row, ids, time: Date.parse(row.occurred_at) };
    });
  }

  /** Waits until the log has `count` rows, and a moment more for those that should not come. */
  async logOf(count) {
    let rows = [];
    await until(async () => (rows = await this.log()).length >= count, `${count} events; there are fewer`).catch((error) => {
      throw new Error(`${error.message}: ${JSON.stringify(rows.map((row) => [row.kind, row.ids]))}\n${this.#said}`);
    });
    return rows;
  }
}
