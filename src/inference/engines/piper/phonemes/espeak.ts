import { spawn } from 'node:child_process';
import { InitError } from '../../engine.js';
import { scriptOf } from '../text/language.js';
import { clausesOf, joinClauses } from './clauses.js';

const PROGRAM = 'espeak-ng';
/** A clause takes it some 10 ms. */
const MOST_MS = 20_000;
/** Processes of one sentence at a time: a list of single words has many clauses. */
const AT_ONCE = 4;
/** What it marks words of another language with, as in `(en)wˈiːkɛnd(fr)`. */
const LANGUAGE_FLAGS = /\([a-z]{2,3}(?:-[a-z\d-]+)?\)/g;
/** `[[` begins phonemes in espeak-ng's own letters. */
const ITS_OWN_SIGNS = /\[\[|\]\]/g;

/** Phonemes from espeak-ng, which is a process of its own, as its licence (GPL) and its global state would have it. */
export class Espeak {
  private constructor(private readonly voice: string) {}

  /** Throws {@link InitError} where the program or its language is missing. */
  static async open(voice: string): Promise<Espeak> {
    if (!/^[\w+-]+$/.test(voice)) {
      throw new InitError('invalid-file', `its settings name "${voice}" as espeak-ng's language, which is none`);
    }
    const espeak = new Espeak(voice);
    try {
      await espeak.say('a', AbortSignal.timeout(MOST_MS));
    } catch (error) {
      throw toInitError(error, voice);
    }
    return espeak;
  }

  /** A sentence in IPA, its marks kept. */
  async phonemes(sentence: string, signal: AbortSignal): Promise<string> {
    const clauses = clausesOf(sentence.replace(ITS_OWN_SIGNS, ' '));
    const said: string[] = [];
    for (let at = 0; at < clauses.length; at += AT_ONCE) {
      const some = clauses.slice(at, at + AT_ONCE).map(({ text }) => this.say(text, signal));
      said.push(...(await Promise.all(some)));
    }
    return joinClauses(clauses, said);
  }

  private say(text: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(PROGRAM, ['-q', '--ipa', '-b', '1', '-v', this.voice, '--stdin'], {
        stdio: ['pipe', 'pipe', 'pipe'],
        timeout: MOST_MS,
        killSignal: 'SIGKILL',
        signal,
      });
      let [ipa, complaint] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (ipa += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve(ipa.replace(LANGUAGE_FLAGS, '').trim().replace(/\s+/g, ' '));
        else reject(new Error(`espeak-ng ended with ${String(code)}: ${complaint.trim()}`));
      });
      // It may end before it has read all; its exit code says why.
      child.stdin.on('error', () => undefined);
      child.stdin.end(text);
    });
  }
}

function toInitError(error: unknown, voice: string): InitError {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new InitError(
      'failed',
      'it needs the program espeak-ng, which is not here: install the Debian package espeak-ng and load it again',
    );
  }
  console.error(error);
  return new InitError('failed', `espeak-ng cannot speak "${voice}", which this voice needs: update espeak-ng`);
}

/** Whatever its language, espeak-ng reads Latin letters: as English words if need be. */
export function knownByEspeak(language: string): (letter: string) => boolean {
  const script = scriptOf(language);
  return (letter) => script.test(letter) || /\p{Script=Latin}/u.test(letter);
}
