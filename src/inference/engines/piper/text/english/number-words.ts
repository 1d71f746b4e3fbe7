import { toCardinal, toOrdinal } from 'n2words/en-US';

/** A number as people write it, with commas between thousands or without. */
export const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`;

/** "Quadrillion" is the last that is understood; what is longer is read digit by digit, as telephone numbers are. */
const MOST_DIGITS = 15;

/** `1,234.50` as "one thousand two hundred thirty-four point five zero". */
export function numberWords(text: string): string {
  const [whole = '', fraction] = text.replaceAll(',', '').split('.');
  const words = /^0\d/.test(whole) || whole.length > MOST_DIGITS ? digitWords(whole) : toCardinal(whole);
  return fraction === undefined ? words : `${words} point ${digitWords(fraction)}`;
}

export function ordinalWords(value: number): string {
  return toOrdinal(value);
}

/** Each digit for itself. */
export function digitWords(digits: string): string {
  return [...digits].map((digit) => toCardinal(digit)).join(' ');
}

/** A year from 1100 to 2099 as it is said: "nineteen eighty-four", "nineteen oh five", "two thousand nine". */
export function yearWords(year: number): string {
  const [century, rest] = [Math.floor(year / 100), year % 100];
  if (year >= 2000 && year < 2010) return toCardinal(year);
  if (rest === 0) return century % 10 === 0 ? toCardinal(year) : `${toCardinal(century)} hundred`;
  return `${toCardinal(century)} ${rest < 10 ? `oh ${toCardinal(rest)}` : toCardinal(rest)}`;
}

/** Whether "one" is meant, which takes the singular. */
export function isOne(text: string): boolean {
  return text === '1';
}
