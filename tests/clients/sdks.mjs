/**
 * The published packages for servers, unmodified: what differs between them is how they are made and how one waits for
 * their last call. Options besides the host only make them send at once instead of after ten seconds.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A client that tells the outcome of a call to a callback: analytics-node of old, and what was made from it. */
function withCallbacks(analytics) {
  const waiting = [];
  return {
    send(method, message) {
      waiting.push(new Promise((resolve) => analytics[method]({ ...message }, (error) => resolve(error ?? null))));
    },
    /** The errors of all calls. */
    async finish() {
      // A flush sends one batch; it refuses when that batch is refused, which the callbacks tell too.
      while (analytics.queue.length > 0) await Promise.resolve(analytics.flush()).catch(() => {});
      return (await Promise.all(waiting)).filter(Boolean);
    },
  };
}

/** @segment/analytics-node and what was made from it. */
function withClose(analytics) {
  const errors = [];
  analytics.on("error", (error) => errors.push(error));
  return {
    send(method, message) {
      analytics[method]({ ...message });
    },
    async finish() {
      await analytics.closeAndFlush({ timeout: 60_000 });
      return errors;
    },
  };
}

const segment = (name) => (writeKey, host, options) => {
  const { Analytics } = require(name);
  return withClose(new Analytics({ writeKey, host, flushAt: 5, flushInterval: 100, maxRetries: 10, ...options }));
};

/** [package, make(writeKey, address, options)] */
export const kServerSdks = [
  ["@segment/analytics-node", segment("@segment/analytics-node")],
  ["segment-analytics-node-1", segment("segment-analytics-node-1")],
  ["analytics-node", (writeKey, host) => {
    const Analytics = require("analytics-node");
    // Its errors are told twice: to the callbacks, where they are looked at, and to this.
    return withCallbacks(new Analytics(writeKey, { host, flushAt: 5, flushInterval: 100, retryCount: 8, errorHandler() {} }));
  }],
  ["analytics-node-3", (writeKey, host) => {
    const Analytics = require("analytics-node-3");
    return withCallbacks(new Analytics(writeKey, { host, flushAt: 5, flushInterval: 100, retryCount: 8 }));
  }],
  ["@rudderstack/rudder-sdk-node", (writeKey, host) => {
    const Analytics = require("@rudderstack/rudder-sdk-node");
    return withCallbacks(new Analytics(writeKey, {
      dataPlaneUrl: host, flushAt: 5, flushInterval: 100, retryCount: 8, logLevel: "silent", errorHandler() {},
    }));
  }],
  ["@customerio/cdp-analytics-node", (writeKey, host) => {
    const { Analytics } = require("@customerio/cdp-analytics-node");
    return withClose(new Analytics({ writeKey, host, maxEventsInBatch: 5, flushInterval: 100, maxRetries: 30 }));
  }],
];
