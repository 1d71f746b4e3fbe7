/** What an expression reads of one metric: `{outcome="error"}` has the label, and the value that it must have. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
  /** Labels that are compared with one value, and not with a pattern. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Reads {
  readonly selectors: readonly Selector[];
  /** Labels that `by` and `without` name. */
  readonly grouping: readonly string[];
}

const GROUPING = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g;
const BRACED = /([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
const TIMES = /\[[^\]]*\]|\boffset\s+[\w$]+/g;
const BARE = /\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g;
const WORDS = new Set(['and', 'or', 'unless', 'bool']);

/** The metrics and labels that a PromQL expression names. Whether it is PromQL at all is for promtool to say. */
export function readsOf(expression: string): Reads {
  const grouping: string[] = [];
  const selectors: Selector[] = [];
  const rest = expression
    .replace(GROUPING, (_, labels: string) => {
      grouping.push(...labels.split(',').map((label) => label.trim()));
      return '';
    })
    .replace(BRACED, (_, metric: string, inside: string) => {
      const matchers = [...inside.matchAll(MATCHER)];
      const exact = matchers.filter(([, , operator]) => operator === '=');
      selectors.push({
        metric,
        labels: matchers.map(([, label = '']) => label),
        values: Object.fromEntries(exact.map(([, label = '', , value = '']) => [label, value])),
      });
      return '';
    })
    .replace(TIMES, '');
  for (const [metric] of rest.matchAll(BARE)) {
    if (!WORDS.has(metric)) selectors.push({ metric, labels: [], values: {} });
  }
  return { selectors, grouping };
}
