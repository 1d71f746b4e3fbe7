import { isOne, NUMBER, numberWords } from './number-words.js';

interface Currency {
  readonly one: string;
  readonly many: string;
  /** Its hundredth; null where prices have none. */
  readonly cents: readonly [one: string, many: string] | null;
}

const CENTS = ['cent', 'cents'] as const;
const CURRENCIES: Readonly<Record<string, Currency>> = {
  $: { one: 'dollar', many: 'dollars', cents: CENTS },
  '€': { one: 'euro', many: 'euros', cents: CENTS },
  '£': { one: 'pound', many: 'pounds', cents: ['penny', 'pence'] },
  '¥': { one: 'yen', many: 'yen', cents: null },
  '₽': { one: 'ruble', many: 'rubles', cents: ['kopeck', 'kopecks'] },
  '₹': { one: 'rupee', many: 'rupees', cents: ['paisa', 'paise'] },
};
const SIGN = '[$€£¥₽₹]';
const MAGNITUDES: Readonly<Record<string, string>> = {
  k: 'thousand',
  m: 'million',
  mn: 'million',
  bn: 'billion',
  b: 'billion',
  tn: 'trillion',
};
const MAGNITUDE = String.raw`(?:\s?(thousand|million|billion|trillion|[kmb]|mn|bn|tn)\b)?`;
const BEFORE = new RegExp(String.raw`(?:US|AU|CA)?(${SIGN})\s?(${NUMBER})${MAGNITUDE}`, 'gi');
const AFTER = new RegExp(String.raw`(${NUMBER})${MAGNITUDE}\s?(${SIGN})`, 'gi');

/** Prices: `$3.50` is "three dollars and fifty cents", `€1.5 million` "one point five million euros". */
export function moneyWords(text: string): string {
  return text
    .replace(/(?<=\d[kmb]?)\s?[-–]\s?(?=[$€£¥₽₹]\s?\d)/gu, ' to ')
    .replace(/(?<![\p{L}\d])[-−](?=(?:US|AU|CA)?[$€£¥₽₹]\s?\d)/gu, 'minus ')
    .replace(BEFORE, (_all, sign: string, amount: string, magnitude?: string) => price(sign, amount, magnitude))
    .replace(AFTER, (_all, amount: string, magnitude: string | undefined, sign: string) =>
      price(sign, amount, magnitude),
    );
}

function price(sign: string, amount: string, magnitude?: string): string {
  const currency = CURRENCIES[sign];
  if (currency === undefined) return amount;
  const [whole = '', fraction] = amount.split('.');
  if (magnitude !== undefined) {
    return `${numberWords(amount)} ${MAGNITUDES[magnitude.toLowerCase()] ?? magnitude.toLowerCase()} ${currency.many}`;
  }
  if (fraction?.length !== 2 || currency.cents === null) {
    return `${numberWords(amount)} ${isOne(amount) ? currency.one : currency.many}`;
  }
  const wholes = `${numberWords(whole)} ${isOne(whole) ? currency.one : currency.many}`;
  if (fraction === '00') return wholes;
  const [cent, cents] = currency.cents;
  const hundredths = `${numberWords(String(Number(fraction)))} ${fraction === '01' ? cent : cents}`;
  return whole === '0' ? hundredths : `${wholes} and ${hundredths}`;
}
