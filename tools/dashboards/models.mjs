import { BY_MODEL, dashboard } from './dashboard.mjs';
import {
  BY_PROCESS,
  MODEL,
  PROCESS,
  PROCESS_LEGEND,
  inRange,
  orZero,
  quantile,
  rate,
  recent,
  sum,
} from './expressions.mjs';
import { bars, chart, stat } from './panels.mjs';

const NO_REQUESTS = 'no requests';
const NO_MODEL = 'no model was loaded';
const reserved = `parley_memory_reserved_bytes{${PROCESS}} / parley_memory_budget_bytes{${PROCESS}}`;
const LOAD = 'parley_model_load_seconds';

const now = [
  stat({
    title: 'Models in memory',
    description: 'A model that two processes hold counts twice.',
    queries: [[orZero(`count(parley_model_resident_bytes{${MODEL}} > 0)`), 'models']],
    unit: 'short',
    decimals: 0,
  }),
  stat({
    title: 'Budget reserved',
    description: 'Of the process that is fullest. Near 100 % loads wait, and models make room for one another.',
    queries: [[`max(${reserved})`, 'reserved']],
    unit: 'percentunit',
    steps: [
      [0.85, 'yellow'],
      [0.95, 'red'],
    ],
  }),
  stat({
    title: 'Loads',
    description: 'Successful ones in the time shown.',
    queries: [[orZero(sum(inRange('parley_model_loads_total', `${MODEL},outcome="success"`))), 'loads']],
    unit: 'short',
    decimals: 0,
    whole: true,
  }),
  stat({
    title: 'Failed loads',
    description: 'In the time shown.',
    queries: [[orZero(sum(inRange('parley_model_loads_total', `${MODEL},outcome="failure"`))), 'failed']],
    unit: 'short',
    decimals: 0,
    whole: true,
    steps: [[0.5, 'red']],
  }),
  stat({
    title: 'Evictions for room',
    description: 'Models that had to make room for another, in the time shown.',
    queries: [
      [orZero(sum(inRange('parley_model_evictions_total', `${MODEL},reason=~"budget|out-of-memory"`))), 'evictions'],
    ],
    unit: 'short',
    decimals: 0,
    whole: true,
  }),
  stat({
    title: 'Runner restarts',
    description: 'Runners that ended unexpectedly after their load, in the time shown.',
    queries: [[orZero(sum(inRange('parley_runner_restarts_total', MODEL))), 'restarts']],
    unit: 'short',
    decimals: 0,
    whole: true,
    steps: [[0.5, 'red']],
  }),
];

const residency = [
  chart({
    title: 'Memory by model, and the budget',
    description:
      'What the runners really hold, all processes together. Reserved is what the accounts keep for them, and more while a model loads.',
    queries: [
      [sum(`parley_model_resident_bytes{${MODEL}}`, 'model'), '{{model}}'],
      [sum(`parley_memory_reserved_bytes{${PROCESS}}`), 'reserved'],
      [sum(`parley_memory_budget_bytes{${PROCESS}}`), 'budget'],
    ],
    unit: 'bytes',
    stack: true,
    lines: ['reserved', 'budget'],
    width: 12,
  }),
  chart({
    title: 'Budget reserved, by process',
    description: 'The line is where ParleyMemoryBudgetNearlyUsed begins.',
    queries: [[`max by (${BY_PROCESS}) (${reserved})`, PROCESS_LEGEND]],
    unit: 'percentunit',
    steps: [[0.95, 'red']],
    width: 12,
  }),
];

const loads = [
  chart({
    title: 'Loads in 5 minutes',
    description: 'By model and outcome.',
    queries: [[`${sum(recent('parley_model_loads_total', MODEL), 'model, outcome')} > 0`, '{{model}}: {{outcome}}']],
    unit: 'short',
    noValue: 'none',
    events: true,
  }),
  chart({
    title: 'Evictions in 5 minutes, by reason',
    description:
      '`budget`, `out-of-memory`: to make room; `request`: somebody asked; `reload`: with another context; `shutdown`.',
    queries: [[sum(recent('parley_model_evictions_total', MODEL), 'reason'), '{{reason}}']],
    unit: 'short',
    noValue: 'none',
    events: true,
  }),
  chart({
    title: 'Runner restarts in 5 minutes',
    description: 'Runners that ended unexpectedly after their load. Their requests were lost.',
    queries: [[sum(recent('parley_runner_restarts_total', MODEL), 'model'), '{{model}}']],
    unit: 'short',
    noValue: NO_MODEL,
    events: true,
  }),
  bars({
    title: 'Time of a load, mean',
    description: 'Of all loads since the processes started.',
    queries: [[`${sum(`${LOAD}_sum{${MODEL}}`, 'model')} / ${sum(`${LOAD}_count{${MODEL}}`, 'model')}`, '{{model}}']],
    unit: 's',
    noValue: NO_MODEL,
    width: 12,
  }),
  bars({
    title: 'Time of a load, p95',
    description: 'Of all loads since the processes started, read off the buckets of the histogram.',
    queries: [[`histogram_quantile(0.95, ${sum(`${LOAD}_bucket{${MODEL}}`, 'le, model')})`, '{{model}}']],
    unit: 's',
    noValue: NO_MODEL,
    width: 12,
  }),
];

const queues = [
  chart({
    title: 'Running, by model',
    description: 'Requests that have a slot.',
    queries: [[sum(`parley_requests_running{${MODEL}}`, 'model'), '{{model}}']],
    unit: 'short',
    noValue: NO_MODEL,
  }),
  chart({
    title: 'Waiting, by model',
    description: 'Requests that wait for a slot or a load.',
    queries: [[sum(`parley_requests_waiting{${MODEL}}`, 'model'), '{{model}}']],
    unit: 'short',
    noValue: NO_MODEL,
  }),
  chart({
    title: 'Drain time, by model',
    description: 'How long a new request would wait for its slot: the longest estimate of any process.',
    queries: [[`max by (model) (parley_queue_drain_seconds{${MODEL}})`, '{{model}}']],
    unit: 's',
    noValue: NO_MODEL,
    steps: [[30, 'red']],
  }),
  chart({
    title: 'Refused at the door, by model',
    description: 'Requests that were not let in, by model and reason.',
    queries: [[sum(rate('parley_admission_rejections_total', MODEL), 'model, reason'), '{{model}}: {{reason}}']],
    unit: 'reqps',
    noValue: 'none refused',
  }),
  chart({
    title: 'Time in the queue, p95',
    description: "From the arrival of a request to its own slot, the model's load included.",
    queries: [[quantile(0.95, 'parley_request_queue_time_seconds', MODEL, 'model'), '{{model}}']],
    unit: 's',
    noValue: NO_REQUESTS,
  }),
  chart({
    title: 'Time to first token, p95',
    description: 'Queue and load included. Models that answer in text alone.',
    queries: [[quantile(0.95, 'parley_time_to_first_token_seconds', MODEL, 'model'), '{{model}}']],
    unit: 's',
    noValue: NO_REQUESTS,
  }),
];

const work = [
  chart({
    title: 'Requests by model and task',
    description: 'Requests that were let in and have ended, per second.',
    queries: [[sum(rate('parley_requests_total', MODEL), 'model, task'), '{{model}}: {{task}}']],
    unit: 'reqps',
    noValue: NO_REQUESTS,
    stack: true,
  }),
  chart({
    title: 'Tokens generated, by model',
    description: 'Per second, counted when a request ends.',
    queries: [[`${sum(rate('parley_generation_tokens_total', MODEL), 'model')} > 0`, '{{model}}']],
    unit: 'suffix: tokens/s',
    noValue: NO_REQUESTS,
  }),
  chart({
    title: 'Errors by model',
    description: 'Requests that were let in and failed, per second.',
    queries: [[sum(rate('parley_requests_total', `${MODEL},outcome="error"`), 'model'), '{{model}}']],
    unit: 'reqps',
    noValue: 'none',
  }),
];

export const models = dashboard({
  uid: 'parley-models',
  title: 'Parley: models and residency',
  description: 'Which models are in memory, what they cost, who waits for them.',
  variables: [BY_MODEL],
  sections: [
    ['Now', now],
    ['Residency', residency],
    ['Loads and ends', loads],
    ['Queues', queues],
    ['Work', work],
  ],
});
