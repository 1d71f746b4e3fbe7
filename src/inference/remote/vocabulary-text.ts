/**
 * The texts of tokens that a server tells as its vocabulary spells them. Byte-level vocabularies write each byte as a
 * character of their own (a blank is Ġ), others write ▁ for a blank and `<0x0A>` for a byte. What has a blank in it is text
 * already. A token that is a part of a character only becomes a replacement character.
 */
export function textsOfVocabulary(names: readonly string[]): string[] {
  if (names.some((name) => /[ \n]/.test(name))) return [...names];
  if (names.some((name) => /[ĠĊ]/.test(name))) return names.map(byteLevelText);
  return names.map((name) => {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(name)?.[1];
    return byte === undefined ? name.replaceAll('▁', ' ') : textOf([parseInt(byte, 16)]);
  });
}

/** Special tokens have characters that no byte is written as, and stay. */
function byteLevelText(name: string): string {
  const bytes = [...name].map((character) => BYTES.get(character));
  return bytes.every((byte) => byte !== undefined) ? textOf(bytes) : name;
}

function textOf(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('utf8');
}

/** GPT-2's alphabet: printable bytes stand for themselves, the others for the characters from 256 on. */
const BYTES: ReadonlyMap<string, number> = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  const alphabet = new Map<string, number>();
  for (let byte = 0, next = 256; byte < 256; byte++) {
    alphabet.set(String.fromCharCode(printable(byte) ? byte : next++), byte);
  }
  return alphabet;
})();
