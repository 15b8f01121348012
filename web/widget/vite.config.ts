/** `cairn.js` and the demo shop, into the same dist/ as the back office. Runs after its build, which empties dist/. */
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vite";
import { packed } from "../packed.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function demoShop(): Plugin {
  return {
    name: "cairn-demo-shop",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      cpSync(here("../shop"), `${dir}/demo-shop`, { recursive: true, filter: (file) => !file.endsWith(".md") });
    },
  };
}

export default defineConfig({
  root: here("."),
  publicDir: false,
  plugins: [demoShop(), packed()],
  build: {
    target: "es2022",
    outDir: here("../dist"),
    emptyOutDir: false,
    lib: { entry: here("src/cairn.ts"), name: "cairnScript", formats: ["iife"], fileName: () => "cairn.js" },
  },
});
