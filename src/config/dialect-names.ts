/** The five dialects, each named after the document it implements. A name is also its prefix mount. */
export const DIALECTS = ['ml-backend', 'openai', 'rkllama', 'llama-local', 'chatvlm'] as const;

export type DialectName = (typeof DIALECTS)[number];

export function isDialectName(name: string): name is DialectName {
  return (DIALECTS as readonly string[]).includes(name);
}
