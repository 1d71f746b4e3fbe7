// Judges all exported starter models in Node and prints one Markdown table:
//   node tools/starter-models/evaluate.mjs [--only ocr,voice]
// Each folder's evaluate.mjs runs in a process of its own, so that one that fails does not hide the others.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const FOLDERS = ['ocr', 'vision', 'image', 'voice', 'embed'];
const HERE = fileURLToPath(import.meta.url);

/** In the child: sends the folder's rows to the parent and ends, whatever the folder's sessions still hold. */
async function report(folder) {
  const { evaluate } = await import(`./${folder}/evaluate.mjs`);
  process.send(await evaluate(), () => process.exit(0));
}

/** The rows of one folder, or null if its process failed. */
function evaluateApart(folder) {
  return new Promise((resolve) => {
    let rows = null;
    const child = fork(HERE, ['--folder', folder], { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] });
    child.on('message', (message) => (rows = message));
    child.on('close', () => resolve(rows));
  });
}

/** `97.75 %`, `1016 sentences/s`, `1.3e-7`: no more digits than a reader needs. */
function format(value, unit) {
  if (value === null || value === undefined) return '';
  const size = Math.abs(value);
  const rounded = size >= 1000 ? Math.round(value) : Number(value.toPrecision(size < 0.01 ? 2 : 4));
  return unit ? `${rounded} ${unit}` : String(rounded);
}

function line({ model, measure, value, unit, goal, met }) {
  const verdict = met === null || met === undefined ? '' : met ? 'yes' : '**no**';
  return `| ${model} | ${measure.replaceAll('|', '\\|')} | ${format(value, unit)} | ${format(goal, unit)} | ${verdict} |`;
}

async function evaluateAll(folders) {
  console.log('| model | measure | value | goal | met |\n|---|---|---|---|---|');
  const failed = [];
  for (const folder of folders) {
    const rows = await evaluateApart(folder);
    if (rows) console.log(rows.map(line).join('\n'));
    else failed.push(folder);
  }
  if (failed.length === 0) return;
  console.error(`The evaluation failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

function chosen(only) {
  const folders = only?.split(',') ?? FOLDERS;
  const unknown = folders.filter((folder) => !FOLDERS.includes(folder));
  if (unknown.length === 0) return folders;
  console.error(`No such folder: ${unknown.join(', ')}. There are ${FOLDERS.join(', ')}.`);
  process.exit(2);
}

const { values } = parseArgs({ options: { only: { type: 'string' }, folder: { type: 'string' } } });
if (values.folder) await report(values.folder);
else await evaluateAll(chosen(values.only));
