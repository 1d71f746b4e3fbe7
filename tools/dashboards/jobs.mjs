import { BY_KIND, dashboard } from './dashboard.mjs';
import {
  BY_PROCESS,
  KIND,
  PROCESS_LEGEND,
  inRange,
  orZero,
  quantile,
  rateOverTen,
  recent,
  sum,
} from './expressions.mjs';
import { chart, stat } from './panels.mjs';

const JOBS = 'parley_jobs_total';
const NO_JOBS = 'no jobs';
/** All processes on one store show the same number. */
const waiting = `max by (kind) (parley_jobs_waiting{${KIND}})`;

const ended = (outcome, title, description, steps) =>
  stat({
    title,
    description,
    queries: [[orZero(sum(inRange(JOBS, `${KIND},outcome="${outcome}"`))), outcome]],
    unit: 'short',
    decimals: 0,
    whole: true,
    steps,
  });

const now = [
  stat({
    title: 'Running',
    description: 'Jobs that are worked on, in all processes.',
    queries: [[orZero(sum(`parley_jobs_running{${KIND}}`)), 'running']],
    unit: 'short',
    decimals: 0,
  }),
  stat({
    title: 'Waiting',
    description: 'Jobs in the store that no worker has taken. Empty: no process can ask its store.',
    queries: [[`sum(${waiting})`, 'waiting']],
    unit: 'short',
    decimals: 0,
    noValue: 'unknown',
  }),
  ended('completed', 'Completed', 'Runs that succeeded in the time shown.'),
  ended('failed', 'Failed', 'Runs that failed in the time shown; a job that is tried again counts each time.', [
    [0.5, 'red'],
  ]),
  ended('cancelled', 'Cancelled', 'Runs that were cancelled in the time shown.'),
  ended('put back', 'Put back', 'Runs that a shutdown interrupted in the time shown: another process takes them up.'),
];

const queue = [
  chart({
    title: 'Waiting, by kind',
    description: 'Jobs in the store that no worker has taken.',
    queries: [[waiting, '{{kind}}']],
    unit: 'short',
    noValue: 'no process can ask its store',
  }),
  chart({
    title: 'Running, by kind',
    description: 'Jobs that are worked on, in all processes.',
    queries: [[sum(`parley_jobs_running{${KIND}}`, 'kind'), '{{kind}}']],
    unit: 'short',
  }),
  chart({
    title: 'Running, by process',
    description: 'Shows who does the work: only workers and processes of role `all` draw, read, speak and pull.',
    queries: [[sum(`parley_jobs_running{${KIND}}`, BY_PROCESS), PROCESS_LEGEND]],
    unit: 'short',
  }),
];

const times = [
  chart({
    title: 'Time in the queue, p50',
    description: 'From the request to the beginning of the first run, over ten minutes.',
    queries: [[quantile(0.5, 'parley_job_queue_time_seconds', KIND, 'kind', rateOverTen), '{{kind}}']],
    unit: 's',
    noValue: NO_JOBS,
    width: 6,
  }),
  chart({
    title: 'Time in the queue, p95',
    description:
      'From the request to the beginning of the first run, over ten minutes. The line is where ParleyJobsWaitLong begins; more workers help.',
    queries: [[quantile(0.95, 'parley_job_queue_time_seconds', KIND, 'kind', rateOverTen), '{{kind}}']],
    unit: 's',
    noValue: NO_JOBS,
    steps: [[300, 'red']],
    width: 6,
  }),
  chart({
    title: 'Length of a run, p50',
    description: 'Whatever its outcome, over ten minutes.',
    queries: [[quantile(0.5, 'parley_job_duration_seconds', KIND, 'kind', rateOverTen), '{{kind}}']],
    unit: 's',
    noValue: NO_JOBS,
    width: 6,
  }),
  chart({
    title: 'Length of a run, p95',
    description: 'Whatever its outcome, over ten minutes.',
    queries: [[quantile(0.95, 'parley_job_duration_seconds', KIND, 'kind', rateOverTen), '{{kind}}']],
    unit: 's',
    noValue: NO_JOBS,
    width: 6,
  }),
];

const outcomes = [
  chart({
    title: 'Runs in 5 minutes, by outcome',
    description: 'All kinds together.',
    queries: [[sum(recent(JOBS, KIND), 'outcome'), '{{outcome}}']],
    unit: 'short',
    events: true,
  }),
  chart({
    title: 'Runs in 5 minutes, by kind',
    description: 'All outcomes together.',
    queries: [[sum(recent(JOBS, KIND), 'kind'), '{{kind}}']],
    unit: 'short',
    events: true,
  }),
  chart({
    title: 'Failed runs in 5 minutes, by kind',
    description: 'A job that is tried again counts each time.',
    queries: [[sum(recent(JOBS, `${KIND},outcome="failed"`), 'kind'), '{{kind}}']],
    unit: 'short',
    events: true,
  }),
  chart({
    title: 'Failed part of the runs, by kind',
    description: 'Of those that completed or failed, over ten minutes. The line is where ParleyJobsFailing begins.',
    queries: [
      [
        `${sum(rateOverTen(JOBS, `${KIND},outcome="failed"`), 'kind')} / (${sum(rateOverTen(JOBS, `${KIND},outcome=~"completed|failed"`), 'kind')} > 0)`,
        '{{kind}}',
      ],
    ],
    unit: 'percentunit',
    max: 1,
    noValue: NO_JOBS,
    steps: [[0.5, 'red']],
  }),
  chart({
    title: 'Put back in 5 minutes, by kind',
    description: 'Runs that a shutdown interrupted. Many of them in quiet times: processes are being restarted.',
    queries: [[sum(recent(JOBS, `${KIND},outcome="put back"`), 'kind'), '{{kind}}']],
    unit: 'short',
    events: true,
  }),
  chart({
    title: 'Refused in 5 minutes, by kind',
    description: 'Jobs that were not taken, because MAX_JOBS of the kind wait.',
    queries: [[sum(recent('parley_jobs_refused_total', KIND), 'kind'), '{{kind}}']],
    unit: 'short',
    events: true,
  }),
];

export const jobs = dashboard({
  uid: 'parley-jobs',
  title: 'Parley: jobs',
  description: 'Pulls, launches, pages, pictures and speech that are worked on behind the requests.',
  variables: [BY_KIND],
  sections: [
    ['Now', now],
    ['Queue', queue],
    ['Times', times],
    ['Outcomes', outcomes],
  ],
});
