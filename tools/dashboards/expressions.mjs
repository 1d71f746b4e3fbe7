/** PromQL that several panels share. Label sets are written as Grafana's variables name them. */

/** Which processes. `namespace` and `pod` are there in Kubernetes alone; their "All" matches series without them. */
export const PROCESS = 'job=~"$job",namespace=~"$namespace",pod=~"$pod"';
export const MODEL = `${PROCESS},model=~"$model"`;
export const REQUEST = `${MODEL},dialect=~"$dialect"`;
export const KIND = `${PROCESS},kind=~"$kind"`;

/** What tells processes apart: the pod in Kubernetes, the address elsewhere. */
export const BY_PROCESS = 'pod, instance';
export const PROCESS_LEGEND = '{{pod}} {{instance}}';

export const rate = (metric, labels) => `rate(${metric}{${labels}}[$__rate_interval])`;

/** Ratios of few requests jump about: they are read over as long as the alerts read them. */
export const rateOverFive = (metric, labels) => `rate(${metric}{${labels}}[5m])`;

/** Jobs are few, and long. */
export const rateOverTen = (metric, labels) => `rate(${metric}{${labels}}[10m])`;

/**
 * How often something happened within a time. A series that is younger than that began with its first event, which is
 * no increase: its whole value counts.
 */
const happened = (metric, labels, time) => {
  const series = `${metric}{${labels}}`;
  return `(${series} unless ${series} offset ${time}) or increase(${series}[${time}])`;
};

/** Rare events are counted in five minutes, which says more than their rate. */
export const recent = (metric, labels) => happened(metric, labels, '5m');

export const inRange = (metric, labels) => happened(metric, labels, '$__range');

export const sum = (expression, by) => (by === undefined ? `sum(${expression})` : `sum by (${by}) (${expression})`);

/** For what is 0 while it never happened. */
export const orZero = (expression) => `${expression} or vector(0)`;

export const quantile = (part, histogram, labels, by = '', counted = rate) =>
  `histogram_quantile(${part}, sum by (${by === '' ? 'le' : `le, ${by}`}) (${counted(`${histogram}_bucket`, labels)}))`;

/** The usual three quantiles of a histogram, as queries with their legends. */
export const quantiles = (histogram, labels) =>
  [0.5, 0.95, 0.99].map((part) => [quantile(part, histogram, labels), `p${part * 100}`]);
