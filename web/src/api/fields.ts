/** The words that decoders are made of. What is not as written throws a DecodeError that names its path. */

export type Fields = Record<string, unknown>;
export type Decode<T> = (value: unknown, path: string) => T;

export class DecodeError extends Error {
  constructor(readonly path: string, wanted: string) {
    super(`${path}: ${wanted} expected`);
  }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fields: Decode<Fields> = (value, path) => {
  if (!isFields(value)) throw new DecodeError(path, "object");
  return value;
};

export const text: Decode<string> = (value, path) => {
  if (typeof value !== "string") throw new DecodeError(path, "text");
  return value;
};

export const number: Decode<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new DecodeError(path, "number");
  return value;
};

export const boolean: Decode<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw new DecodeError(path, "true or false");
  return value;
};

export const maybe = <T>(decode: Decode<T>): Decode<T | null> => (value, path) =>
  value === null || value === undefined ? null : decode(value, path);

export const list = <T>(decode: Decode<T>): Decode<T[]> => (value, path) => {
  if (!Array.isArray(value)) throw new DecodeError(path, "list");
  return value.map((item, index) => decode(item, `${path}[${index}]`));
};

export const record = <T>(decode: Decode<T>): Decode<Record<string, T>> => (value, path) =>
  Object.fromEntries(Object.entries(fields(value, path)).map(([key, item]) => [key, decode(item, `${path}.${key}`)]));

export const oneOf = <T extends string>(...words: T[]): Decode<T> => (value, path) => {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new DecodeError(path, words.join(" or "));
  return word;
};

/** Reads the named field of an object with `decode`. */
export function reader(value: unknown, path: string) {
  const object = fields(value, path);
  return <T>(name: string, decode: Decode<T>): T => decode(object[name], `${path}.${name}`);
}
