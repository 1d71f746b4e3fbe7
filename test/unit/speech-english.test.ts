import { describe, expect, it } from 'vitest';
import { englishWords } from '../../src/inference/engines/piper/text/english/english.js';

const TABLES: Readonly<Record<string, readonly (readonly [written: string, said: string])[]>> = {
  numbers: [
    ['I have 0 or 42.', 'I have zero or forty-two.'],
    ['1,234,567 people', 'one million two hundred thirty-four thousand five hundred sixty-seven people'],
    ['3.14 and 0.5 and .25', 'three point one four and zero point five and point two five'],
    ['It is -5 or 10-20.', 'It is minus five or ten to twenty.'],
    ['Room 007', 'Room zero zero seven'],
    ['Call +4915112345678', 'Call plus four nine one five one one two three four five six seven eight'],
    ['1, 2, 3', 'one, two, three'],
    ['MP3, 2x and covid19', 'M P three, two x and covid nineteen'],
    ['Version 1.2.3', 'Version one point two point three'],
    ['1/2 cup, 2 ½ cups, 7/8', 'one half cup, two and one half cups, seven over eight'],
  ],
  ordinals: [
    ['the 1st, 2nd, 3rd, 11th and 101st', 'the first, second, third, eleventh and one hundred first'],
    ['the 20th century', 'the twentieth century'],
  ],
  years: [
    ['In 1984 and 2024', 'In nineteen eighty-four and twenty twenty-four'],
    ['1900, 1905, 2000, 2009', 'nineteen hundred, nineteen oh five, two thousand, two thousand nine'],
    ['1984-1990', 'nineteen eighty-four to nineteen ninety'],
    ["the 1980s and the '90s", 'the nineteen eighties and the nineties'],
  ],
  dates: [
    ['2024-05-03', 'May third, twenty twenty-four'],
    ['2024-05-03T10:30:00Z', 'May third, twenty twenty-four ten thirty U T C'],
    ['12/31/2024', 'December thirty-first, twenty twenty-four'],
    ['31/12/2024', 'December thirty-first, twenty twenty-four'],
    ['31.12.1999', 'December thirty-first, nineteen ninety-nine'],
    ['on 3 May 2024', 'on the third of May, twenty twenty-four'],
    ['The 4th of July 1776.', 'The fourth of July, seventeen seventy-six.'],
    ['May 3, 2024', 'May third, twenty twenty-four'],
    ['Jan. 5 or Sept. 2023', 'January fifth or September twenty twenty-three'],
    ['2024-13-45', 'twenty twenty-four to thirteen to forty-five'],
  ],
  times: [
    ['at 10:30 p.m.', 'at ten thirty P M.'],
    ['9:05, 14:00, 10:00', 'nine oh five, fourteen hundred, ten o\'clock'], // prettier-ignore
    ['5pm or 5 p.m. sharp', 'five P M or five P M sharp'],
    ['7:45:30 a.m. sharp', 'seven forty-five and thirty seconds A M sharp'],
    ['a 16:9 screen', 'a sixteen to nine screen'],
  ],
  money: [
    ['$3.50', 'three dollars and fifty cents'],
    ['$1', 'one dollar'],
    ['$1.01', 'one dollar and one cent'],
    ['£0.99', 'ninety-nine pence'],
    ['5€ or €2.00', 'five euros or two euros'],
    ['€1.5 million', 'one point five million euros'],
    ['$20k', 'twenty thousand dollars'],
    ['-$5', 'minus five dollars'],
    ['$100-$200', 'one hundred dollars to two hundred dollars'],
  ],
  measures: [
    ['50% or 5 %', 'fifty percent or five percent'],
    ['5 km, 1 km, 2.5 kg', 'five kilometers, one kilometer, two point five kilograms'],
    ['20 °C and -3°C', 'twenty degrees Celsius and minus three degrees Celsius'],
    ['5–10 km', 'five to ten kilometers'],
    ['60 mph, 5 ft, 16 GB', 'sixty miles per hour, five feet, sixteen gigabytes'],
  ],
  abbreviations: [
    ['Dr. Smith met Mr. Jones and Mrs Brown.', 'Doctor Smith met Mister Jones and Missus Brown.'],
    ['See e.g. No. 5, i.e. the best, etc.', 'See for example Number five, that is the best, et cetera.'],
    ['St. John lives on Main St. in town', 'Saint John lives on Main Street in town'],
    ['Prof. Xu vs. the Ph.D.', 'Professor Xu versus the P H D.'],
    ['J. R. R. Tolkien', 'J R R Tolkien'],
    ['I. It is I.', 'I. It is I.'],
  ],
  acronyms: [
    ['NASA of the USA uses HTTP and CPUs', "NASA of the U S A uses H T T P and C P U's"],
    ['U.S. troops', 'U S troops'],
    ['It is OK', 'It is okay'],
    ['THIS IS LOUD', 'THIS IS LOUD'],
  ],
  symbols: [
    ['R&D @ home', 'R and D at home'],
    ['5 + 3 = 8, 5 - 3, 4 x 3', 'five plus three equals eight, five minus three, four times three'],
    ['#3 and C#', 'number three and C'],
    ['and/or snake_case', 'and or snake case'],
    ['“Hi” — he said… and left…', '"Hi", he said, and left.'],
    ['What?! No!!', 'What? No!'],
  ],
  addresses: [
    ['See https://www.example.com/docs?x=1, now', 'See w w w dot example dot com slash docs, now'],
    ['Mail jane.doe@example.co.uk.', 'Mail jane dot doe at example dot co dot uk.'],
    ['node.js reads config.json', 'node dot js reads config dot json'],
  ],
};

for (const [name, rows] of Object.entries(TABLES)) {
  describe(name, () => {
    it.each(rows)('%s', (written, said) => {
      expect(englishWords(written)).toBe(said);
    });
  });
}

it('leaves no figure in anything', () => {
  const odd = ['1/2/3/4/5', '12:34:56:78', '1..2', '99999999999999999999', '5.', '3rdly 4thly', '1,2,3,4', '٣ and 7²'];
  for (const text of odd) expect(englishWords(text)).not.toMatch(/[0-9]/);
});
