import { ordinalWords, yearWords } from './number-words.js';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const MONTH = String.raw`(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?`;
const ISO = /\b(\d{4})-(\d{2})-(\d{2})(?!\d)(?:T(?=\d{2}:\d{2}))?/g;
const SLASHES = /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?![\d/])/g;
const DOTS = /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d|\.\d)/g;
const DAY_MONTH = new RegExp(
  String.raw`\b(?:([Tt]he)\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+${MONTH}(?:,?\s+(\d{4})\b)?`,
  'g',
);
const MONTH_DAY = new RegExp(
  String.raw`\b${MONTH}\s+(\d{1,2})(?:st|nd|rd|th)?\b(?![:.,]\d|%)(?:,?\s+(\d{4})\b(?!,\d))?`,
  'g',
);
const MONTH_YEAR = new RegExp(String.raw`\b${MONTH},?\s+(\d{4})\b`, 'g');

/** Dates in figures, ISO's and others, as "May third, twenty twenty-four". What is no date stays as it is. */
export function dateWords(text: string): string {
  return text
    .replace(ISO, (all, year: string, month: string, day: string) => date(all, day, Number(month), year, ' '))
    .replace(SLASHES, (all, first: string, second: string, year: string) =>
      // Americans write the month first; nobody has more than twelve.
      Number(first) > 12 ? date(all, first, Number(second), year) : date(all, second, Number(first), year),
    )
    .replace(DOTS, (all, day: string, month: string, year: string) => date(all, day, Number(month), year))
    .replace(DAY_MONTH, (all, the: string | undefined, day: string, month: string, year?: string) =>
      isDay(day) ? `${the ?? 'the'} ${ordinalWords(Number(day))} of ${fullName(month)}${yearAfter(year)}` : all,
    )
    .replace(MONTH_DAY, (all, month: string, day: string, year?: string) =>
      isDay(day) ? date(all, day, numberOf(month), year) : all,
    )
    .replace(MONTH_YEAR, (_, month: string, year: string) => `${fullName(month)} ${yearOf(year)}`);
}

function date(all: string, day: string, month: number, year?: string, after = ''): string {
  const name = MONTHS[month - 1];
  if (name === undefined || !isDay(day)) return all;
  return `${name} ${ordinalWords(Number(day))}${yearAfter(year)}${all.endsWith('T') ? after : ''}`;
}

function yearAfter(year: string | undefined): string {
  return year === undefined ? '' : `, ${yearOf(year)}`;
}

/** Of two digits, those up to 68 are of this century, as POSIX has it. Years that are not said in pairs stay figures. */
function yearOf(year: string): string {
  const value = year.length === 2 ? Number(year) + (Number(year) < 69 ? 2000 : 1900) : Number(year);
  return value >= 1100 && value < 2100 ? yearWords(value) : String(value);
}

function isDay(day: string): boolean {
  return Number(day) >= 1 && Number(day) <= 31;
}

function numberOf(month: string): number {
  return MONTHS.findIndex((name) => name.startsWith(month.slice(0, 3))) + 1;
}

function fullName(month: string): string {
  return MONTHS[numberOf(month) - 1] ?? month;
}
