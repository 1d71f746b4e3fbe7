import { isOne, NUMBER, numberWords } from './number-words.js';

/** Unit → its name for one, and for more where that is not with an "s". Longer ones first where one begins another. */
const UNITS: Readonly<Record<string, readonly [one: string, many?: string]>> = {
  'km/h': ['kilometer per hour', 'kilometers per hour'],
  'm/s': ['meter per second', 'meters per second'],
  'km²': ['square kilometer'],
  'm²': ['square meter'],
  'm³': ['cubic meter'],
  'cm²': ['square centimeter'],
  mph: ['mile per hour', 'miles per hour'],
  '°C': ['degree Celsius', 'degrees Celsius'],
  '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '°': ['degree'],
  '%': ['percent', 'percent'],
  '‰': ['per mille', 'per mille'],
  km: ['kilometer'],
  cm: ['centimeter'],
  mm: ['millimeter'],
  nm: ['nanometer'],
  kg: ['kilogram'],
  mg: ['milligram'],
  µg: ['microgram'],
  ml: ['milliliter'],
  mL: ['milliliter'],
  kWh: ['kilowatt hour'],
  kW: ['kilowatt'],
  MW: ['megawatt'],
  GHz: ['gigahertz', 'gigahertz'],
  MHz: ['megahertz', 'megahertz'],
  kHz: ['kilohertz', 'kilohertz'],
  Hz: ['hertz', 'hertz'],
  TB: ['terabyte'],
  GB: ['gigabyte'],
  MB: ['megabyte'],
  kB: ['kilobyte'],
  KB: ['kilobyte'],
  ms: ['millisecond'],
  hrs: ['hour'],
  hr: ['hour'],
  min: ['minute'],
  sec: ['second'],
  lbs: ['pound'],
  lb: ['pound'],
  oz: ['ounce'],
  ft: ['foot', 'feet'],
  mi: ['mile'],
  m: ['meter'],
  g: ['gram'],
  L: ['liter'],
  l: ['liter'],
  h: ['hour'],
  W: ['watt'],
  V: ['volt'],
};
const ANY = Object.keys(UNITS)
  .sort((a, b) => b.length - a.length)
  .join('|');
const PATTERN = new RegExp(String.raw`(?<![\d.,\p{L}])([-−])?(${NUMBER})\s?(${ANY})(?![\p{L}\d])`, 'gu');
const RANGE = new RegExp(
  String.raw`(?<![\d.,\p{L}-])(${NUMBER})\s?[-–]\s?(?=(?:${NUMBER})\s?(?:${ANY})(?![\p{L}\d]))`,
  'gu',
);

/** Measures: `5 km` is "five kilometers", `-3°C` "minus three degrees Celsius", `5–10 %` "five to ten percent". */
export function unitWords(text: string): string {
  return text
    .replace(RANGE, (_all, from: string) => `${numberWords(from)} to `)
    .replace(PATTERN, (_all, minus: string | undefined, amount: string, unit: string) => {
      const [one, many = `${one}s`] = UNITS[unit] ?? [unit];
      return `${minus === undefined ? '' : 'minus '}${numberWords(amount)} ${isOne(amount) ? one : many}`;
    });
}
