/** The frame of a dashboard: variables, links, and panels laid out in rows of 24 columns. */
import { PROCESS } from './expressions.mjs';

const COLUMNS = 24;
/** A series that every process has, from which the variables take their values. */
const EVERYWHERE = 'parley_build_info';

const datasource = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  current: {},
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: '',
};

/** `anything`: its "All" also matches series that do not have the label. */
const choice = (name, label, query, anything = true) => ({
  name,
  label,
  type: 'query',
  datasource: { type: 'prometheus', uid: '${datasource}' },
  definition: query,
  query: { query, refId: `variable-${name}` },
  current: { selected: true, text: ['All'], value: ['$__all'] },
  includeAll: true,
  ...(anything && { allValue: '.*' }),
  multi: true,
  hide: 0,
  options: [],
  refresh: 2,
  regex: '',
  sort: 1,
});

/** Without `allValue`: metrics of Node and `up` are others', too, and are told apart by the job alone. */
const PROCESSES = [
  choice('job', 'Job', `label_values(${EVERYWHERE}, job)`, false),
  choice('namespace', 'Namespace', `label_values(${EVERYWHERE}{job=~"$job"}, namespace)`),
  choice('pod', 'Pod', `label_values(${EVERYWHERE}{job=~"$job",namespace=~"$namespace"}, pod)`),
];

export const BY_MODEL = choice('model', 'Model', `label_values(parley_requests_running{${PROCESS}}, model)`);
export const BY_DIALECT = choice('dialect', 'Dialect', `label_values(parley_requests_total{${PROCESS}}, dialect)`);
export const BY_KIND = choice('kind', 'Kind', `label_values(parley_jobs_running{${PROCESS}}, kind)`);

/** `sections`: `[title of the row, panels]`. Panels flow from left to right. */
export function dashboard({ uid, title, description, variables, sections }) {
  return {
    uid,
    title,
    description,
    tags: ['parley'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-1h', to: 'now' },
    refresh: '30s',
    templating: { list: [datasource, ...PROCESSES, ...variables] },
    annotations: { list: [] },
    links: [
      {
        type: 'dashboards',
        title: 'Parley',
        tags: ['parley'],
        asDropdown: false,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    panels: layOut(sections),
  };
}

function layOut(sections) {
  const placed = [];
  let top = 0;
  const place = (panel, x, y, w, h) => placed.push({ id: placed.length + 1, gridPos: { x, y, w, h }, ...panel });
  for (const [title, panels] of sections) {
    place({ type: 'row', title, collapsed: false, panels: [] }, 0, top, COLUMNS, 1);
    top += 1;
    let left = 0;
    let tallest = 0;
    for (const { size, ...panel } of panels) {
      if (left + size.width > COLUMNS) {
        top += tallest;
        left = tallest = 0;
      }
      place(panel, left, top, size.width, size.height);
      left += size.width;
      tallest = Math.max(tallest, size.height);
    }
    top += tallest;
  }
  return placed;
}
