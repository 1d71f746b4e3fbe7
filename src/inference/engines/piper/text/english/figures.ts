import { digitWords, NUMBER, numberWords, ordinalWords, yearWords } from './number-words.js';

const FRACTIONS: Readonly<Record<string, string>> = {
  '½': 'one half',
  '⅓': 'one third',
  '⅔': 'two thirds',
  '¼': 'one quarter',
  '¾': 'three quarters',
  '1/2': 'one half',
  '1/3': 'one third',
  '2/3': 'two thirds',
  '1/4': 'one quarter',
  '3/4': 'three quarters',
};
const PLAIN = new RegExp(String.raw`(?<![\p{L}\d.])(?:${NUMBER})`, 'gu');
/** From eleven digits on without commas, they are telephone numbers and the like. */
const LONG = /(?<![\d.,])\+?\d{11,}(?![\d.,]\d)/g;

/** `½` and `1/2` as "one half", `2 ½` as "two and one half". */
export function fractionWords(text: string): string {
  return text
    .replace(/(?<=\d)\s?(?=[½⅓⅔¼¾])|(?<=\d)\s+(?=(?:1\/2|[12]\/3|[13]\/4)(?![\d/]))/gu, ' and ')
    .replace(/[½⅓⅔¼¾]|(?<![\d/])(?:1\/2|[12]\/3|[13]\/4)(?![\d/])/gu, (part) => FRACTIONS[part] ?? part);
}

/** All numbers that are left when dates, times, prices and measures are words. */
export function figureWords(text: string): string {
  return text
    .replace(/(?<![\d.])\d+(?:\.\d+){2,}(?!\d)/g, versionWords)
    .replace(LONG, (digits) => (digits.startsWith('+') ? 'plus ' : '') + digitWords(digits.replace('+', '')))
    .replace(/\b(\d[\d,]*)(st|nd|rd|th)\b/gi, (all, digits: string) => ordinal(all, digits))
    .replace(/(?<![\d.,])(1[1-9]|20)(\d0)s\b/g, (_all, century: string, rest: string) => decade(Number(century), rest))
    .replace(/['’](\d0)s\b/g, (_all, rest: string) => plural(numberWords(rest)))
    .replace(/(?<=\d)\s?[–−]\s?(?=\d)|(?<=\d)-(?=\d)/gu, ' to ')
    .replace(/(?<![\p{L}\d)])[-−](?=\d)/gu, 'minus ')
    .replace(/(?<![\d.,])(?:1[1-9]|20)\d{2}(?![\d.]*\d|,\d)/g, (year) => yearWords(Number(year)))
    .replace(/(?<![\d])\.(\d+)/g, (_all, digits: string) => `point ${digitWords(digits)}`)
    .replace(/(?<=\d),(?=\d{1,2}(?!\d)|\d{4})/g, ', ')
    .replace(/(?<=\d)(?=\p{L})/gu, ' ')
    .replace(/(?<=\p{L})(?=\d)/gu, ' ')
    .replace(PLAIN, numberWords);
}

function versionWords(version: string): string {
  return version.split('.').map(numberWords).join(' point ');
}

function ordinal(all: string, digits: string): string {
  const value = Number(digits.replaceAll(',', ''));
  return Number.isSafeInteger(value) && value > 0 ? ordinalWords(value) : all;
}

function decade(century: number, rest: string): string {
  if (rest !== '00') return `${numberWords(String(century))} ${plural(numberWords(rest))}`;
  return century === 20 ? 'two thousands' : `${numberWords(String(century))} hundreds`;
}

function plural(words: string): string {
  return words.replace(/y$/, 'ie') + 's';
}
