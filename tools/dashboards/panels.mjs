/** Panels as Grafana 11 and 12 read them (schemaVersion 39). A query is `[expression, legend]`. */

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const targetsOf = (queries, instant) =>
  queries.map(([expr, legendFormat], at) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + at),
    datasource: DATASOURCE,
    expr,
    legendFormat,
    instant,
    range: !instant,
  }));

/** `steps`: `[value, colour]`, from the lowest on; what is below the first is green. */
const thresholdsOf = (steps) => ({
  mode: 'absolute',
  steps: [{ color: 'green', value: null }, ...steps.map(([value, color]) => ({ color, value }))],
});

const common = ({ title, description, queries, unit, noValue = 'nothing yet', steps = [], decimals, min, max }) => ({
  title,
  description,
  datasource: DATASOURCE,
  fieldConfig: {
    defaults: {
      unit,
      noValue,
      ...(decimals !== undefined && { decimals }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      thresholds: thresholdsOf(steps),
    },
    overrides: [],
  },
  targets: targetsOf(queries, false),
});

/**
 * Lines over time. `stack`: series that add up. `lines`: legends of those that stand beside a stack as dashed lines.
 * `events`: stacked bars, for counts. With `steps` the thresholds are drawn, too.
 */
export function chart({ width = 8, height = 8, events = false, stack = events, lines = [], ...about }) {
  const panel = common({ min: 0, ...about });
  panel.fieldConfig.defaults.color = { mode: 'palette-classic' };
  panel.fieldConfig.defaults.custom = {
    drawStyle: events ? 'bars' : 'line',
    fillOpacity: events ? 60 : stack ? 30 : 8,
    lineWidth: 1,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: stack ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: (about.steps ?? []).length > 0 ? 'dashed' : 'off' },
  };
  panel.fieldConfig.overrides = lines.map((name) => ({
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
    ],
  }));
  return {
    type: 'timeseries',
    size: { width, height },
    ...panel,
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** The last value of each query, large. `whole`: counted over the range at once, so asked once. */
export function stat({ width = 4, height = 4, whole = false, ...about }) {
  const panel = common(about);
  panel.fieldConfig.defaults.color = { mode: 'thresholds' };
  if (whole) panel.targets = targetsOf(about.queries, true);
  return {
    type: 'stat',
    size: { width, height },
    ...panel,
    options: {
      colorMode: (about.steps ?? []).length > 0 ? 'value' : 'none',
      graphMode: whole ? 'none' : 'area',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: about.queries.length > 1 ? 'value_and_name' : 'value',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}

/** One bar for each series, as it is now. */
export function bars({ width = 8, height = 8, ...about }) {
  const panel = common({ min: 0, ...about });
  panel.fieldConfig.defaults.color = { mode: 'thresholds' };
  panel.targets = targetsOf(about.queries, true);
  return {
    type: 'bargauge',
    size: { width, height },
    ...panel,
    options: {
      displayMode: 'basic',
      orientation: 'horizontal',
      valueMode: 'color',
      showUnfilled: true,
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}
