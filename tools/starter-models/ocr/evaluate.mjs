/**
 * Measures the exported starter-ocr in Node on lines and pages in fonts that training never saw (make_data draws them):
 * `node tools/starter-models/ocr/evaluate.mjs`.
 */
import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { loadModel, readLine, readPage } from './pipeline/page.mjs';
import { readPicture } from './pipeline/pixels.mjs';
import { covers, editDistance, matchLines } from './pipeline/scores.mjs';
import { drawSvgPages } from './svg_pages.mjs';

const ROOT = new URL('../../../', import.meta.url);
const MODEL = new URL('models/starter/starter-ocr/', ROOT);
const DATA = new URL('data/starter-models/ocr/evaluation/', ROOT);
const GOALS = { found: 100, extra: 0, error: 2 };
const NO_GOALS = { found: null, extra: null, error: null };

export async function evaluate() {
  await access(DATA).catch(() => {
    throw new Error('no evaluation set: run `python3 -m ocr.make_data --only evaluation` in tools/starter-models');
  });
  const answers = JSON.parse(await readFile(new URL('answers.json', DATA), 'utf8'));
  const model = await loadModel(MODEL);
  const pages = await Promise.all(answers.pages.map(async (page) => ({ ...page, input: await fileOf(page) })));
  const clean = pages.filter((page) => !page.noisy);
  const noisy = pages.filter((page) => page.noisy);
  return [
    ...(await lineRows(model, answers.lines)),
    ...(await pageRows(model, 'clean pages', clean, GOALS)),
    ...(await pageRows(model, 'noisy pages', noisy, NO_GOALS)),
    ...(await pageRows(model, 'SVG pages', await drawSvgPages(), GOALS)),
  ];
}

function fileOf({ file }) {
  return readFile(new URL(file, DATA));
}

async function lineRows(model, lines) {
  const read = [];
  for (const line of lines) read.push({ ...line, read: await readLine(model, await readPicture(await fileOf(line))) });
  const groups = ['english', 'french', 'russian', 'figures', 'long'].map((group) => [
    `lines, ${group}`,
    read.filter((line) => line.group === group),
  ]);
  const fonts = ['serif', 'sans', 'mono'].map((font) => [`lines, ${font}`, read.filter((line) => line.font === font)]);
  return [
    errorRow('lines, all', read, GOALS.error),
    ...[...groups, ...fonts].map(([name, part]) => errorRow(name, part, NO_GOALS.error)),
  ];
}

function errorRow(measure, lines, goal) {
  const wrong = lines.reduce((sum, line) => sum + editDistance(line.read, line.text), 0);
  const total = lines.reduce((sum, line) => sum + Array.from(line.text).length, 0);
  return row(`${measure}: character error`, (100 * wrong) / total, '%', goal, (value) => value <= goal);
}

/** Lines found, lines that were none, character error of all the text (a missed line counts whole), and time. */
async function pageRows(model, measure, pages, goals) {
  const read = [];
  const counts = { expected: 0, found: 0, extra: 0 };
  const started = performance.now();
  for (const page of pages) {
    const { pairs, extra } = matchLines(page.lines, await readPage(model, await readPicture(page.input)));
    counts.expected += pairs.length;
    counts.found += pairs.filter(([line, found]) => found && covers(found.quad, line.quad)).length;
    counts.extra += extra;
    for (const [line, found] of pairs) read.push({ text: line.text, read: found?.text ?? '' });
  }
  const seconds = (performance.now() - started) / 1000 / pages.length;
  const found = (100 * counts.found) / counts.expected;
  return [
    row(`${measure}: lines found (of ${counts.expected})`, found, '%', goals.found, (value) => value === 100),
    row(`${measure}: boxes that are no line`, counts.extra, 'boxes', goals.extra, (value) => value === 0),
    errorRow(measure, read, goals.error),
    row(`${measure}: time, one thread`, seconds, 's/page', null),
  ];
}

function row(measure, value, unit, goal, meets) {
  return {
    model: 'starter-ocr',
    measure,
    value: Math.round(value * 100) / 100,
    unit,
    goal,
    met: goal === null ? null : meets(value),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await evaluate());
