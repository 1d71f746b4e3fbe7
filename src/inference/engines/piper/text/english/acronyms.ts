/** Said letter by letter, although one could read them as words. Without vowels, all are. */
const SPELLED = new Set(
  'AI API AWS CEO CIA CPU DIY EU EUR FAQ FBI GPU GUI IBM ID IDE IO IP IPA IRS ISO MIT OCR OS UAE UFO UI UK UN URI URL US USA USB USD UTC UX'.split(' '), // prettier-ignore
);
const CAPITALS = /(?<![\p{L}\d'’])([A-Z]{2,6})(s|['’]s)?(?![\p{L}\d])/gu;

/** `CPUs` as "C P U's", `OK` as "okay". What is shouted stays: only what has no vowel is spelled then. */
export function acronymWords(text: string): string {
  const shouted = !/\p{Ll}/u.test(text.replace(/['’]s\b|(?<=\p{Lu})s\b/gu, '')) && /\s/.test(text.trim());
  return text
    .replace(/(?<!\p{L})(?:\p{Lu}\.){2,}/gu, (letters) => `${letters.replaceAll('.', ' ').trim()} `)
    .replace(/(?<!\p{L})(?!I\.)(\p{Lu})\.(?=\s+\p{Lu})/gu, '$1')
    .replace(/\bO\.?K\b\.?/g, 'okay')
    .replace(CAPITALS, (all, letters: string, ending?: string) => {
      if (/[AEIOUY]/.test(letters) && (shouted || !SPELLED.has(letters))) return all;
      return [...letters].join(' ') + (ending === undefined ? '' : "'s");
    });
}
