import { numberWords } from './number-words.js';

const CLOCK =
  /(?<![\d:.,])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?![\d:])(Z\b)?(?:\s?([ap])(?:\.\s?m\.|m\b\.?))?/gi;
const HOUR = /(?<![\d:.,])(1[0-2]|0?[1-9])\s?([ap])(?:\.\s?m\.|m\b\.?)/gi;

/** Times of the day in figures: `10:05` is "ten oh five", `5 p.m.` is "five P M". */
export function timeWords(text: string): string {
  return text
    .replace(CLOCK, (...found: (string | undefined)[]) => {
      const [, hour, minute, second, zone, half] = found;
      const seconds = second === undefined || second === '00' ? '' : ` and ${secondsOf(Number(second))}`;
      const clock = clockWords(Number(hour), Number(minute), half !== undefined || seconds !== '');
      return `${clock}${seconds}${halfOf(half)}${zone === undefined ? '' : ' U T C'}`;
    })
    .replace(HOUR, (_all, hour: string, half: string) => `${numberWords(String(Number(hour)))}${halfOf(half)}`);
}

function clockWords(hour: number, minute: number, named: boolean): string {
  const hours = numberWords(String(hour));
  if (minute > 9) return `${hours} ${numberWords(String(minute))}`;
  if (minute > 0) return `${hours} oh ${numberWords(String(minute))}`;
  if (named) return hours;
  return hour === 0 || hour > 12 ? `${hours} hundred` : `${hours} o'clock`;
}

function secondsOf(count: number): string {
  return `${numberWords(String(count))} ${count === 1 ? 'second' : 'seconds'}`;
}

function halfOf(half: string | undefined): string {
  return half === undefined ? '' : ` ${half.toUpperCase()} M`;
}
