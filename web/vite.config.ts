import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { packed } from "./packed.ts";
import { segmentLibrary } from "./segment.ts";

export default defineConfig({
  // What is copied is packed too: the order counts.
  plugins: [react(), segmentLibrary(), packed()],
  build: {
    target: "es2022",
    // Every file must come from the server by its own name: the content security policy allows no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": "http://127.0.0.1:4173" } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
