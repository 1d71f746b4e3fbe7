/** Symbol → its numbers: `phoneme_id_map`. */
export type PhonemeIds = ReadonlyMap<string, readonly number[]>;

const BEGIN = '^';
const END = '$';
const PAD = '_';
export const RESERVED: readonly string[] = [BEGIN, END, PAD];

/** What a Piper voice reads: the begin, then each phoneme and a pad, then the end. What has no number is left out. */
export function phonemeIds(phonemes: readonly string[], ids: PhonemeIds): number[] {
  const pad = ids.get(PAD) ?? [];
  const said = phonemes.filter((phoneme) => !RESERVED.includes(phoneme)).map((phoneme) => ids.get(phoneme) ?? []);
  const padded = said.filter(({ length }) => length > 0).flatMap((numbers) => [...numbers, ...pad]);
  return [...(ids.get(BEGIN) ?? []), ...pad, ...padded, ...(ids.get(END) ?? [])];
}

/** Symbols are code points of decomposed text: a nasal vowel is the vowel and its tilde. */
export function symbolsOf(text: string): string[] {
  return [...text.normalize('NFD')];
}
