/**
 * Draws the dashboards as pages, with what a Prometheus really has, so that they can be looked at without Grafana:
 *
 *   node tools/dashboards/draw.mjs http://127.0.0.1:9090 <folder> [minutes]
 *
 * The pages are a likeness: queries, units, legends, thresholds and sizes are the dashboards' own, the rest is not
 * Grafana's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobs } from './jobs.mjs';
import { models } from './models.mjs';
import { overview } from './overview.mjs';
import { barsOf, chartOf, statOf } from './drawing.mjs';

const [, , prometheus, folder, minutes = '15'] = process.argv;
if (folder === undefined) {
  console.error('usage: node tools/dashboards/draw.mjs <URL of a Prometheus> <folder> [minutes]');
  process.exit(1);
}
const POINTS = 120;
const END = Date.now() / 1000;
const START = END - Number(minutes) * 60;
const STEP = Math.max(1, Math.round((END - START) / POINTS));

async function ask(path, parameters) {
  const answer = await fetch(`${prometheus}/api/v1/${path}?${String(new globalThis.URLSearchParams(parameters))}`);
  const { status, data, error } = await answer.json();
  if (status !== 'success') throw new Error(`${error}: ${JSON.stringify(parameters)}`);
  return data;
}

/** Seconds between two scrapes of Parley, which `$__rate_interval` depends on. */
async function scrapeSeconds() {
  const { activeTargets } = await ask('targets', { state: 'active' });
  const intervals = activeTargets.map(({ scrapeInterval }) => /^(\d+)(s|m)$/.exec(scrapeInterval));
  return Math.max(...intervals.map((found) => Number(found?.[1] ?? 15) * (found?.[2] === 'm' ? 60 : 1)));
}

/** As Grafana puts them in while everything is chosen. */
function filledIn(expression, scrape) {
  return expression
    .replaceAll('$__rate_interval', `${Math.max(STEP + scrape, 4 * scrape)}s`)
    .replaceAll('$__range', `${Math.round(END - START)}s`)
    .replaceAll('$job', '.*parley.*')
    .replace(/\$(namespace|pod|model|dialect|kind)/g, '.*');
}

const legendOf = (format, metric) => format.replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '').trim();

/** `points`: `[seconds since 1970, value]`; what is no number is left out, as Grafana leaves gaps. */
async function seriesOf(panel, scrape) {
  const answers = panel.targets.map(async ({ expr, legendFormat, instant }) => {
    const query = filledIn(expr, scrape);
    const { result } = instant
      ? await ask('query', { query, time: END })
      : await ask('query_range', { query, start: START, end: END, step: STEP });
    return result.map(({ metric, values, value }) => ({
      name: legendOf(legendFormat, metric),
      points: (values ?? [value])
        .map(([at, text]) => [at, Number(text)])
        .filter(([, number]) => Number.isFinite(number)),
    }));
  });
  return (await Promise.all(answers)).flat().filter(({ points }) => points.length > 0);
}

const DRAWN = {
  timeseries: (panel, series) => chartOf(panel, series, { from: START, to: END, step: STEP }),
  stat: statOf,
  bargauge: barsOf,
};

async function draw(panel, scrape) {
  const { x, y, w, h } = panel.gridPos;
  const place = `grid-column:${x + 1}/span ${w};grid-row:${y + 1}/span ${h}`;
  if (panel.type === 'row') return `<h2 style="${place}">${panel.title}</h2>`;
  const series = await seriesOf(panel, scrape);
  if (series.length === 0) console.log(`empty: ${panel.title}`);
  const { noValue } = panel.fieldConfig.defaults;
  const content = series.length === 0 ? `<p class="none">${noValue}</p>` : DRAWN[panel.type](panel, series);
  return `<section style="${place}" title="${panel.description}"><h3>${panel.title}</h3>${content}</section>`;
}

const STYLE = `
  body { background: #111217; color: #ccccdc; font: 12px sans-serif; margin: 12px; width: 1776px }
  main { display: grid; grid-template-columns: repeat(24, 1fr); grid-auto-rows: 30px; gap: 8px }
  section { background: #181b1f; border: 1px solid #2c3235; padding: 6px 8px; overflow: hidden }
  h2 { font-size: 15px; margin: 4px 0 } h3 { font-size: 13px; margin: 0 0 4px } text { fill: #9a9aa5; font-size: 10px }
  .none { color: #8e8e99; text-align: center; padding-top: 20% } section p { margin: 0 }
  .stat { display: flex; justify-content: space-around; font-size: 30px; padding-top: 14px; text-align: center }
  .stat small { display: block; font-size: 12px; color: #9a9aa5 }
  .legend span { margin-right: 10px; white-space: nowrap } .bar { margin: 6px 0 } .bar div { height: 12px }`;

mkdirSync(folder, { recursive: true });
const scrape = await scrapeSeconds();
for (const dashboard of [overview, models, jobs]) {
  const panels = await Promise.all(dashboard.panels.map((panel) => draw(panel, scrape)));
  const page = `<!doctype html><meta charset="utf-8"><title>${dashboard.title}</title><style>${STYLE}</style>
<h1>${dashboard.title}</h1><p>${dashboard.description}</p><main>${panels.join('\n')}</main>`;
  const path = join(folder, `${dashboard.uid}.html`);
  writeFileSync(path, page);
  console.log(path);
}
