type Cardinal = (value: string) => string;
type Loader = () => Promise<{ toCardinal: Cardinal }>;

/** What says the numbers of a language. Voices that spell text need them; espeak-ng knows them itself. */
const LOADERS: Readonly<Record<string, Loader>> = {
  ar: () => import('n2words/ar-SA'),
  bn: () => import('n2words/bn-BD'),
  cs: () => import('n2words/cs-CZ'),
  da: () => import('n2words/da-DK'),
  de: () => import('n2words/de-DE'),
  el: () => import('n2words/el-GR'),
  es: () => import('n2words/es-ES'),
  fa: () => import('n2words/fa-IR'),
  fi: () => import('n2words/fi-FI'),
  fr: () => import('n2words/fr-FR'),
  he: () => import('n2words/he-IL'),
  hi: () => import('n2words/hi-IN'),
  hr: () => import('n2words/hr-HR'),
  hu: () => import('n2words/hu-HU'),
  id: () => import('n2words/id-ID'),
  it: () => import('n2words/it-IT'),
  ko: () => import('n2words/ko-KR'),
  nl: () => import('n2words/nl-NL'),
  pl: () => import('n2words/pl-PL'),
  pt: () => import('n2words/pt-PT'),
  ro: () => import('n2words/ro-RO'),
  ru: () => import('n2words/ru-RU'),
  sv: () => import('n2words/sv-SE'),
  sw: () => import('n2words/sw-KE'),
  tr: () => import('n2words/tr-TR'),
  uk: () => import('n2words/uk-UA'),
  vi: () => import('n2words/vi-VN'),
};

const SIGNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: { '%': 'Prozent', '&': 'und', '+': 'plus', '=': 'gleich', '€': 'Euro', $: 'Dollar' },
  es: { '%': 'por ciento', '&': 'y', '+': 'más', '=': 'igual a', '€': 'euros', $: 'dólares' },
  fr: { '%': 'pour cent', '&': 'et', '+': 'plus', '=': 'égale', '€': 'euros', $: 'dollars' },
  ru: { '%': 'процентов', '&': 'и', '+': 'плюс', '=': 'равно', '€': 'евро', $: 'долларов', '₽': 'рублей' },
};
const GROUPED = /(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)/gu;
const MOST_DIGITS = 15;

/** Says figures and signs in a language other than English; leaves them where nobody knows its numbers. */
export async function numberReader(language: string): Promise<(sentence: string) => string> {
  const [base = ''] = language.split('-');
  const cardinal = (await LOADERS[base]?.())?.toCardinal;
  const signs = SIGNS[base] ?? {};
  return (sentence) =>
    sentence
      .replace(GROUPED, (group) => group.replace(/\D/g, ''))
      .replace(/(\d+)(?:[.,](\d+))?/g, (all, whole: string, fraction?: string) =>
        cardinal === undefined || whole.length > MOST_DIGITS
          ? all
          : ` ${cardinal(fraction === undefined ? whole : `${whole}.${fraction}`)} `,
      )
      .replace(/[%&+=€$₽]/gu, (sign) => (signs[sign] === undefined ? sign : ` ${signs[sign]} `))
      .replace(/\s+/g, ' ')
      .replace(/ (?=[.,;:!?)](?:\s|$))/g, '')
      .trim();
}
