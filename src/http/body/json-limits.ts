/**
 * Bounds of a JSON body. They hold what `JSON.parse`, validation and codecs cost the HTTP process to a few milliseconds
 * (see docs/errors.md), and are far above what models can use.
 */
export const JSON_LIMITS = {
  /** Objects and lists around a value, its own included. */
  depth: 200,
  /** Values of any type, at any depth. */
  values: 200_000,
  /** Elements of one list. */
  elements: 150_000,
  /** String values. */
  strings: 50_000,
  /** Fields of all objects. */
  fields: 40_000,
  /** Fields of one object. */
  fieldsOfObject: 8192,
  /** Different names of fields: each new one costs V8 a hidden class. */
  names: 8192,
  /** Bytes, apart from images as data URIs. */
  bytesBesideImages: 4 * 1024 ** 2,
} as const;

export type JsonLimit = keyof typeof JSON_LIMITS;
