/** Where a sentence may be cut, the best place first: at strong marks, at commas, between words, between characters. */
const PLACES: readonly RegExp[] = [
  /(?<=[;:)—–][”’"']?)\s+|\s+(?=[(—–])|(?<=[；：])/u,
  /(?<=,[”’"']?)\s+|(?<=[，、،])/u,
  /\s+/u,
];

/** A sentence in pieces of at most `most` characters, cut where a reader would breathe. */
export function piecesOf(sentence: string, most: number, places: readonly RegExp[] = PLACES): string[] {
  if (sentence.length <= most) return [sentence];
  const [place, ...others] = places;
  if (place === undefined) return inCharacters(sentence, most);
  const parts = sentence.split(place).filter((part) => part !== '');
  const pieces: string[] = [];
  for (const part of parts.flatMap((one) => piecesOf(one, most, others))) {
    const before = pieces.at(-1);
    const joined = before === undefined ? part : `${before}${gap(before)}${part}`;
    if (before !== undefined && joined.length <= most) pieces.splice(-1, 1, joined);
    else pieces.push(part);
  }
  return pieces;
}

/** Scripts without spaces are cut after marks of full width, and joined again without a space. */
function gap(before: string): string {
  return /[；：，、]$/u.test(before) ? '' : ' ';
}

function inCharacters(text: string, most: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += most) pieces.push(characters.slice(at, at + most).join(''));
  return pieces;
}
