/** Panels as HTML and SVG, for draw.mjs. */

const COLOURS = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#96d98d', '#ffa6b0'];
const NAMED = { green: '#73bf69', yellow: '#f2cc0c', red: '#f2495c' };
const LEFT = 58;
const BOTTOM = 16;
/** Room for the upper half of the topmost label. */
const TOP = 8;

/** Numbers as Grafana words its units. */
export function inUnit(value, unit, decimals) {
  const digits = (number) =>
    decimals === undefined ? Number(number.toPrecision(3)) : Number(number.toFixed(decimals));
  switch (unit) {
    case 's':
      if (value === 0) return '0 s';
      if (value < 0.001) return `${digits(value * 1e6)} µs`;
      if (value < 1) return `${digits(value * 1000)} ms`;
      return value < 60 ? `${digits(value)} s` : `${digits(value / 60)} min`;
    case 'bytes': {
      const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log(value) / Math.log(1024)));
      return `${digits(value / 1024 ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
    }
    case 'percentunit':
      return `${digits(value * 100)}%`;
    case 'reqps':
      return `${digits(value)} req/s`;
    default:
      return `${digits(value)}${unit.replace(/^short$|^suffix:/, '')}`;
  }
}

const defaultsOf = (panel) => panel.fieldConfig.defaults;
const lastOf = ({ points }) => points.at(-1)[1];

function colourFor(panel, value) {
  const passed = defaultsOf(panel).thresholds.steps.filter((step) => step.value === null || value >= step.value);
  return NAMED[passed.at(-1).color];
}

export function statOf(panel, series) {
  const { unit, decimals } = defaultsOf(panel);
  const named = panel.options.textMode === 'value_and_name';
  const plain = panel.options.colorMode === 'none';
  const values = series.map((each) => {
    const value = lastOf(each);
    const colour = plain ? '#ccccdc' : colourFor(panel, value);
    const name = named ? `<small>${each.name}</small>` : '';
    return `<span style="color:${colour}">${inUnit(value, unit, decimals)}${name}</span>`;
  });
  return `<div class="stat">${values.join('')}</div>`;
}

export function barsOf(panel, series) {
  const { unit, decimals } = defaultsOf(panel);
  const most = Math.max(...series.map(lastOf));
  return series
    .map((each) => {
      const value = lastOf(each);
      const bar = `<div style="width:${(100 * value) / most}%;background:${colourFor(panel, value)}"></div>`;
      return `<div class="bar">${each.name} <b>${inUnit(value, unit, decimals)}</b>${bar}</div>`;
    })
    .join('');
}

/** Lays series upon one another; those that an override takes out of the stack stay where they are. */
function stacked(panel, series) {
  const aside = new Set(panel.fieldConfig.overrides.map(({ matcher }) => matcher.options));
  const below = new Map();
  return series.map((each) => {
    if (aside.has(each.name)) return { ...each, dashed: true, bottoms: null };
    const bottoms = each.points.map(([at]) => below.get(at) ?? 0);
    const points = each.points.map(([at, value], index) => [at, value + bottoms[index]]);
    for (const [at, value] of points) below.set(at, value);
    return { ...each, points, bottoms };
  });
}

export function chartOf(panel, series, { from, to, step }) {
  const { unit, decimals, thresholds, custom, max } = defaultsOf(panel);
  const width = panel.gridPos.w * 73 - 20;
  const height = panel.gridPos.h * 38 - 70;
  const shown = custom.stacking.mode === 'normal' ? stacked(panel, series) : series;
  const top = max ?? 1.1 * (Math.max(...shown.flatMap(({ points }) => points.map(([, value]) => value))) || 1);
  const x = (at) => LEFT + ((at - from) / (to - from)) * (width - LEFT);
  const y = (value) => TOP + (height - TOP - BOTTOM) * (1 - value / top);
  const drawn = shown.map((each, at) => seriesAs(each, COLOURS[at % COLOURS.length], { custom, step, x, y }));
  const limits =
    custom.thresholdsStyle.mode === 'off'
      ? []
      : thresholds.steps
          .filter(({ value }) => value !== null && value <= top)
          .map(({ value, color }) => line(LEFT, y(value), width, y(value), NAMED[color], '8 6'));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(part * top);
    const label = `<text x="${LEFT - 4}" y="${at + 4}" text-anchor="end">${inUnit(part * top, unit, decimals)}</text>`;
    return line(LEFT, at, width, at, '#2c3235') + label;
  });
  const times = [0.1, 0.5, 0.9].map((part) => {
    const at = from + part * (to - from);
    return `<text x="${x(at)}" y="${height - 2}">${new Date(at * 1000).toISOString().slice(11, 16)}</text>`;
  });
  const legend = series.map(
    ({ name }, at) =>
      `<span><b style="color:${COLOURS[at % COLOURS.length]}">—</b> ${name === '' ? '(no name)' : name}</span>`,
  );
  const content = [...grid, ...times, ...drawn, ...limits].join('');
  return `<svg width="${width}" height="${height}">${content}</svg><p class="legend">${legend.join('')}</p>`;
}

function line(x1, y1, x2, y2, colour, dash = '') {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-dasharray="${dash}"/>`;
}

/** Points that are further apart than two steps are not joined. */
function runsOf(points, step) {
  const runs = [];
  points.forEach((point, at) => {
    if (at === 0 || point[0] - points[at - 1][0] > 2 * step) runs.push([]);
    runs.at(-1).push({ at: point[0], value: point[1], index: at });
  });
  return runs;
}

function seriesAs({ points, bottoms, dashed = false }, colour, { custom, step, x, y }) {
  const bottom = (index) => y(bottoms?.[index] ?? 0);
  if (custom.drawStyle === 'bars') {
    return points
      .map(([at, value], index) => {
        const tall = Math.max(0, bottom(index) - y(value));
        return `<rect x="${x(at)}" y="${y(value)}" width="4" height="${tall}" fill="${colour}" opacity=".7"/>`;
      })
      .join('');
  }
  const drawn = runsOf(points, step).map((run) => {
    const upper = run.map(({ at, value }) => `${x(at)},${y(value)}`);
    const lower = run.map(({ at, index }) => `${x(at)},${bottom(index)}`).reverse();
    const opacity = dashed ? 0 : custom.fillOpacity / 100;
    const area = `<polygon points="${[...upper, ...lower].join(' ')}" fill="${colour}" opacity="${opacity}"/>`;
    const stroke = `fill="none" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dashed ? '8 6' : ''}"`;
    return `${area}<polyline points="${upper.join(' ')}" ${stroke}/>`;
  });
  return drawn.join('');
}
