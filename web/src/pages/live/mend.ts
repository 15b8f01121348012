/** What people write into the mend form, as the server takes it. Pure. */
import type { Mend } from "../../api/live_types";

export interface MendForm {
  renames: { from: string; to: string }[];
  sets: { path: string; value: string }[];
}

export const kNoMend: MendForm = { renames: [], sets: [] };

/** `true`, `12`, `null`, `{"a":1}` are what they look like; anything else is text. */
export function valueOf(text: string): unknown {
  const trimmed = text.trim();
  if (!/^(true|false|null|-?\d+(\.\d+)?|\{.*\}|\[.*\]|".*")$/s.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed);
  } catch {
    return text;
  }
}

type Tree = { [name: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** `properties.order_id` = 5 → {"properties":{"order_id":5}}, into what is there. */
function put(tree: Tree, path: string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const below = tree[name];
  const next: Tree = isTree(below) ? below : {};
  tree[name] = next;
  put(next, rest, value);
}

export function toMend(form: MendForm): Mend {
  const rename: Record<string, string> = {};
  for (const { from, to } of form.renames) if (from.trim() && to.trim()) rename[from.trim()] = to.trim();
  const merge: Tree = {};
  for (const { path, value } of form.sets) if (path.trim()) put(merge, path.trim().split("."), valueOf(value));
  return { rename, merge: Object.keys(merge).length > 0 ? merge : null };
}

export const isEmptyMend = (mend: Mend): boolean => Object.keys(mend.rename).length === 0 && mend.merge === null;
