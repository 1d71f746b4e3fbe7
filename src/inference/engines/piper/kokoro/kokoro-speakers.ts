/** The first letter of a voice's name → espeak-ng's language, and BCP 47's. Japanese and Chinese need another phonemiser. */
const LANGUAGES: Readonly<Record<string, readonly [espeakVoice: string, language: string]>> = {
  a: ['en-us', 'en-US'],
  b: ['en-gb', 'en-GB'],
  e: ['es', 'es'],
  f: ['fr-fr', 'fr-FR'],
  h: ['hi', 'hi'],
  i: ['it', 'it'],
  p: ['pt-br', 'pt-BR'],
};
const FILE = /^voices\/([a-z])([a-z]_.+)\.bin$/;
/** Those its authors grade best, and what a first hearing should be. */
const BEST = ['af_heart', 'af_bella', 'am_michael', 'bf_emma'];

export interface KokoroSpeaker {
  readonly name: string;
  readonly file: string;
  readonly espeakVoice: string;
  readonly language: string;
}

/** Whose style files are there, the default first. */
export function kokoroSpeakers(files: readonly string[]): KokoroSpeaker[] {
  const speakers = files.flatMap((file) => {
    const [, letter = '', rest = ''] = FILE.exec(file) ?? [];
    const [espeakVoice, language] = LANGUAGES[letter] ?? [];
    return espeakVoice === undefined || language === undefined
      ? []
      : [{ name: letter + rest, file, espeakVoice, language }];
  });
  return speakers.sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name, 'en'));
}

function rank(name: string): number {
  const place = BEST.indexOf(name);
  return place < 0 ? BEST.length : place;
}
