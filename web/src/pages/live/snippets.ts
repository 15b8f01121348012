/** What a shop pastes to connect. Pure. */
import type { SourceForm } from "../../api/live_types";

export function snippetOf(form: SourceForm, host: string, key: string): string {
  if (form === "browser") return `<script src="${host}/cairn.js" data-key="${key}" crossorigin async></script>`;
  return [
    `curl ${host}/v1/track \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    "  -d '{\"userId\": \"42\", \"event\": \"Order Completed\", \"properties\": {\"order_id\": \"1001\", \"total\": 59.9, \"currency\": \"EUR\"}}'",
  ].join("\n");
}

/** The same for a program that has a Segment SDK already: only the host changes. */
export function sdkSnippetOf(host: string, key: string): string {
  return [
    'import { Analytics } from "@segment/analytics-node";',
    `const analytics = new Analytics({ writeKey: "${key}", host: "${host}" });`,
  ].join("\n");
}
