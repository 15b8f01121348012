import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

/**
 * Segment's own browser library (MIT), for shops that have its snippet in their pages and change nothing but the host:
 * `/analytics.js/v1/KEY/analytics.min.js`, and the pieces that it loads when it needs them.
 */
export function segmentLibrary(): Plugin {
  return {
    name: "cairn-segment",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      const from = join(dirname(createRequire(import.meta.url).resolve("@segment/analytics-next/package.json")), "dist/umd");
      const pieces = join(dir, "analytics-next/bundles");
      mkdirSync(pieces, { recursive: true });
      copyFileSync(join(from, "standalone.js"), join(dir, "analytics-next/standalone.js"));
      for (const name of readdirSync(from)) if (/\.bundle\..*\.js$/.test(name)) copyFileSync(join(from, name), join(pieces, name));
    },
  };
}
