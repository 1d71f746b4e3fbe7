import { BY_DIALECT, BY_MODEL, dashboard } from './dashboard.mjs';
import {
  BY_PROCESS,
  MODEL,
  PROCESS,
  PROCESS_LEGEND,
  REQUEST,
  inRange,
  orZero,
  quantile,
  quantiles,
  rate,
  rateOverFive,
  recent,
  sum,
} from './expressions.mjs';
import { chart, stat } from './panels.mjs';

const REQUESTS = 'parley_requests_total';
const TTFT = 'parley_time_to_first_token_seconds';
const NO_REQUESTS = 'no requests';

/** What failed of what was let in, over five minutes; nothing while there is nothing to divide by. */
const errorRatio = (by) => {
  const errors = sum(rateOverFive(REQUESTS, `${REQUEST},outcome="error"`), by);
  const all = sum(rateOverFive(REQUESTS, REQUEST), by);
  const some = by === undefined ? `(${orZero(errors)})` : `(${errors} or 0 * ${all})`;
  return `${some} / (${all} > 0)`;
};

const now = [
  stat({
    title: 'Processes',
    description:
      'Those that answer Prometheus; those among them whose /healthz/ready is 200; those that Prometheus cannot reach.',
    queries: [
      [orZero(sum(`up{${PROCESS}}`)), 'up'],
      [orZero(sum(`parley_ready{${PROCESS}}`)), 'ready'],
      [orZero(`count(up{${PROCESS}} == 0)`), 'down'],
    ],
    unit: 'short',
    decimals: 0,
    width: 6,
  }),
  stat({
    title: 'Requests',
    description: 'Requests that were let in and have ended, per second.',
    queries: [[orZero(sum(rate(REQUESTS, REQUEST))), 'requests']],
    unit: 'reqps',
    width: 3,
  }),
  stat({
    title: 'Errors',
    description:
      'The part of the requests that were let in and failed, over five minutes. Clients that left are no failures.',
    queries: [[errorRatio(), 'errors']],
    unit: 'percentunit',
    noValue: NO_REQUESTS,
    steps: [
      [0.01, 'yellow'],
      [0.05, 'red'],
    ],
    width: 3,
  }),
  stat({
    title: 'First token, p95',
    description: '95 % of the requests had their first piece of text within this time, queue and load included.',
    queries: [[quantile(0.95, TTFT, REQUEST), 'p95']],
    unit: 's',
    noValue: NO_REQUESTS,
    steps: [
      [5, 'yellow'],
      [10, 'red'],
    ],
    width: 3,
  }),
  stat({
    title: 'Waiting',
    description: 'Requests that wait for a slot or a load.',
    queries: [[orZero(sum(`parley_requests_waiting{${MODEL}}`)), 'waiting']],
    unit: 'short',
    decimals: 0,
    width: 3,
  }),
  stat({
    title: 'Drain time',
    description: 'Longest estimate, over models and processes, of how long a new request would wait for its slot.',
    queries: [[orZero(`max(parley_queue_drain_seconds{${MODEL}})`), 'drain']],
    unit: 's',
    steps: [
      [10, 'yellow'],
      [30, 'red'],
    ],
    width: 3,
  }),
  stat({
    title: 'Runner restarts',
    description: 'Runners that ended unexpectedly in the time shown.',
    queries: [[orZero(sum(inRange('parley_runner_restarts_total', MODEL))), 'restarts']],
    unit: 'short',
    decimals: 0,
    whole: true,
    steps: [[0.5, 'red']],
    width: 3,
  }),
];

const requests = [
  chart({
    title: 'Requests by dialect',
    description: 'Requests that were let in and have ended, per second.',
    queries: [[sum(rate(REQUESTS, REQUEST), 'dialect'), '{{dialect}}']],
    unit: 'reqps',
    noValue: NO_REQUESTS,
    stack: true,
  }),
  chart({
    title: 'Requests by outcome',
    description:
      '`stop`, `length` and `tool_calls` are whole answers; `cancelled` are clients that left; `error` is the rest.',
    queries: [[sum(rate(REQUESTS, REQUEST), 'outcome'), '{{outcome}}']],
    unit: 'reqps',
    noValue: NO_REQUESTS,
    stack: true,
  }),
  chart({
    title: 'Errors by dialect',
    description:
      'The part of the requests that were let in and failed, over five minutes. The line is where ParleyHighErrorRatio begins.',
    queries: [[errorRatio('dialect'), '{{dialect}}']],
    unit: 'percentunit',
    noValue: NO_REQUESTS,
    steps: [[0.05, 'red']],
  }),
  chart({
    title: 'Refused at the door, by reason',
    description: 'Requests that were not let in: a full queue (`overloaded`), a shutdown (`draining`) and the like.',
    queries: [[sum(rate('parley_admission_rejections_total', MODEL), 'reason'), '{{reason}}']],
    unit: 'reqps',
    noValue: 'none refused',
    width: 12,
  }),
  chart({
    title: 'HTTP answers that refuse or fail, by status',
    description:
      'All routes. 401 and 403: keys; 429: rate limits; 400 and 422: requests that say something wrong; 503: full, draining, or a probe that fails.',
    queries: [
      [
        sum(rate('parley_http_responses_total', `${PROCESS},dialect=~"$dialect",status=~"[45].."`), 'status'),
        '{{status}}',
      ],
    ],
    unit: 'reqps',
    noValue: 'none',
    width: 12,
  }),
];

const times = [
  chart({
    title: 'Time to first token',
    description: 'From the arrival of a request to its first piece of text, queue and load included.',
    queries: quantiles(TTFT, REQUEST),
    unit: 's',
    noValue: NO_REQUESTS,
    width: 6,
  }),
  chart({
    title: 'Time between tokens',
    description: 'Between two pieces of one stream.',
    queries: quantiles('parley_inter_token_latency_seconds', REQUEST),
    unit: 's',
    noValue: NO_REQUESTS,
    width: 6,
  }),
  chart({
    title: 'Time of a request',
    description: 'From its arrival to its end, whatever the outcome.',
    queries: quantiles('parley_e2e_request_latency_seconds', REQUEST),
    unit: 's',
    noValue: NO_REQUESTS,
    width: 6,
  }),
  chart({
    title: 'Time in the queue',
    description: "From the arrival of a request to its own slot, the model's load included.",
    queries: quantiles('parley_request_queue_time_seconds', REQUEST),
    unit: 's',
    noValue: NO_REQUESTS,
    width: 6,
  }),
];

const load = [
  chart({
    title: 'Running and waiting',
    description: 'Requests that have a slot, and requests that wait for one or for a load.',
    queries: [
      [sum(`parley_requests_running{${MODEL}}`), 'running'],
      [sum(`parley_requests_waiting{${MODEL}}`), 'waiting'],
    ],
    unit: 'short',
    width: 6,
  }),
  chart({
    title: 'Drain time by model',
    description:
      'How long a new request would wait for its slot: the longest estimate of any process. The line is where ParleyQueueDrainHigh begins.',
    queries: [[`max by (model) (parley_queue_drain_seconds{${MODEL}})`, '{{model}}']],
    unit: 's',
    steps: [[30, 'red']],
    width: 6,
  }),
  chart({
    title: 'Tokens',
    description:
      'Counted when a request ends, whatever ended it. Evaluated prompt tokens are those not found in a cache.',
    queries: [
      [
        `${sum(rate('parley_prompt_tokens_total', REQUEST))} - ${sum(rate('parley_prompt_tokens_cached_total', REQUEST))}`,
        'prompt, evaluated',
      ],
      [sum(rate('parley_prompt_tokens_cached_total', REQUEST)), 'prompt, cached'],
      [sum(rate('parley_generation_tokens_total', REQUEST)), 'generated'],
    ],
    unit: 'suffix: tokens/s',
    noValue: NO_REQUESTS,
    width: 6,
  }),
  chart({
    title: 'Cache hits',
    description: 'The part of the prompt tokens that was found in the KV cache and needed no evaluation.',
    queries: [
      [
        `${sum(rate('parley_prompt_tokens_cached_total', REQUEST))} / (${sum(rate('parley_prompt_tokens_total', REQUEST))} > 0)`,
        'cached',
      ],
    ],
    unit: 'percentunit',
    noValue: NO_REQUESTS,
    max: 1,
    width: 6,
  }),
];

const processes = [
  chart({
    title: 'Up and ready',
    description: '1: Prometheus reaches it; 1: /healthz/ready answers 200.',
    queries: [
      [`sum by (${BY_PROCESS}) (up{${PROCESS}})`, `up ${PROCESS_LEGEND}`],
      [`sum by (${BY_PROCESS}) (parley_ready{${PROCESS}})`, `ready ${PROCESS_LEGEND}`],
    ],
    unit: 'short',
    decimals: 0,
    max: 1,
  }),
  chart({
    title: 'Event-loop delay, p99',
    description:
      'How late timers run. More than 0.5 s holds up every stream. The line is where ParleyEventLoopBlocked begins.',
    queries: [[quantile(0.99, 'parley_event_loop_delay_seconds', PROCESS, BY_PROCESS), PROCESS_LEGEND]],
    unit: 's',
    steps: [[0.5, 'red']],
  }),
  chart({
    title: 'Memory of the service',
    description: 'Of the process that answers HTTP. What its runners hold is in "Models and residency".',
    queries: [[`sum by (${BY_PROCESS}) (process_resident_memory_bytes{${PROCESS}})`, PROCESS_LEGEND]],
    unit: 'bytes',
  }),
  chart({
    title: 'CPU of the service',
    description: 'Cores that the process itself uses, without its runners.',
    queries: [[sum(rate('process_cpu_seconds_total', PROCESS), BY_PROCESS), PROCESS_LEGEND]],
    unit: 'suffix: cores',
  }),
  chart({
    title: 'Open files',
    description: 'Connections, too. At 100 % no connection is taken any more.',
    queries: [[`max by (${BY_PROCESS}) (process_open_fds{${PROCESS}} / process_max_fds{${PROCESS}})`, PROCESS_LEGEND]],
    unit: 'percentunit',
  }),
  chart({
    title: 'Runner restarts in 5 minutes',
    description: 'Runners that ended unexpectedly after their load.',
    queries: [[sum(recent('parley_runner_restarts_total', MODEL), 'model'), '{{model}}']],
    unit: 'short',
    noValue: 'no model was loaded',
    events: true,
  }),
];

export const overview = dashboard({
  uid: 'parley-overview',
  title: 'Parley: overview',
  description: 'Is it well, is it fast, is it full.',
  variables: [BY_MODEL, BY_DIALECT],
  sections: [
    ['Now', now],
    ['Requests', requests],
    ['Times', times],
    ['Load', load],
    ['Processes', processes],
  ],
});
