/** A clause, and the mark that ends it. */
export interface Clause {
  /** With its mark, which gives it its melody. */
  readonly text: string;
  /** One of `. , ; : ! ?`; null where none is. */
  readonly mark: string | null;
}

const BREAK = /(?<=[,;:!?…،؛؟]["'”’»)\]]*)\s+|(?<=[，、；：！？。])/u;
const MARK = /([.,;:!?…،؛؟，、；：！？。।])["'”’»)\]]*$/u;
/** Marks of other scripts and the ASCII one that voices know instead. */
const ASCII: Readonly<Record<string, string>> = {
  '…': '.',
  '،': ',',
  '؛': ';',
  '؟': '?',
  '，': ',',
  '、': ',',
  '；': ';',
  '：': ':',
  '！': '!',
  '？': '?',
  '。': '.',
  '।': '.',
};

/**
 * A sentence in the clauses that espeak-ng makes of it. It drops their marks, but Piper's voices have learned them, so
 * each clause is asked for alone and gets its mark back. A dot ends none but the last: the others are abbreviations.
 */
export function clausesOf(sentence: string): Clause[] {
  return sentence
    .split(BREAK)
    .filter((text) => /[\p{L}\p{N}]/u.test(text))
    .map((text) => {
      const mark = MARK.exec(text)?.[1];
      return { text, mark: mark === undefined ? null : (ASCII[mark] ?? mark) };
    });
}

/** The phonemes of clauses with their marks, as the text they stand for has them. */
export function joinClauses(clauses: readonly Clause[], phonemes: readonly string[]): string {
  return clauses.map(({ mark }, index) => `${phonemes[index] ?? ''}${mark ?? ''}`).join(' ');
}
