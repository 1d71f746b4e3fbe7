import { beforeAll, describe, expect, it } from 'vitest';
import { metricProblems } from './support/app-rules.js';
import { BUILDS, build, namesOf, type Manifest } from './support/manifests.js';
import { problemsOf } from './support/rules.js';

describe('every build', () => {
  it.each(BUILDS)('%s: names what there is, in the cluster and in the service, and holds no Secret', async (folder) => {
    const manifests = await build(folder);
    expect(problemsOf(manifests)).toEqual([]);
    expect(namesOf(manifests, 'Secret').size).toBe(0);
  });
});

describe('the check itself', () => {
  let yaml: string;

  beforeAll(async () => {
    yaml = JSON.stringify(await build('overlays/redis'));
  });

  it.each([
    ['a port that is not there', '"targetPort":"http"', '"targetPort":"htpp"', /Service parley: no port htpp/],
    ['a port of a policy', '{"port":"redis"}', '{"port":"reds"}', /NetworkPolicy parley-redis: no port reds/],
    ['a probe of no route', '/healthz/startup', '/healthz/started', /asks for \/healthz\/started/],
    ['a probe of no port', '/healthz/live","port":"http"', '/healthz/live","port":"web"', /asks port web/],
    [
      'a setting that stops the start',
      '"DRAIN_SECONDS":"120"',
      '"DRAIN_SECONDS":"2m"',
      /parley-api: DRAIN_SECONDS must/,
    ],
    ['a public address without keys', '"API_KEYS_FILE"', '"MODELS_FILE"', /parley-worker: HOST=0.0.0.0 is reachable/],
    ['a variable that is no setting', '"DRAIN_SECONDS"', '"DRAIN_SECS"', /DRAIN_SECS is no setting/],
    [
      'another port than the service has',
      '"containerPort":8000',
      '"containerPort":8080',
      /listens on 8000, opens 8080/,
    ],
    [
      'too little time to end',
      '"terminationGracePeriodSeconds":180',
      '"terminationGracePeriodSeconds":150',
      /is killed/,
    ],
    ['a longer drain', '"DRAIN_SECONDS":"120"', '"DRAIN_SECONDS":"160"', /is killed before 190 s/],
    ['too little time to start', '"progressDeadlineSeconds":2400', '"progressDeadlineSeconds":600', /while it starts/],
    [
      'a password that comes too late',
      '"name":"REDIS_PASSWORD"',
      '"name":"REDIS_PASS"',
      /REDIS_PASSWORD\) is not known/,
    ],
    [
      'a selector of nobody',
      '"matchLabels":{"app.kubernetes.io/component":"worker"',
      '"matchLabels":{"x":"worker"',
      /PodDisruptionBudget parley-worker selects no pod/,
    ],
    ['a route that nobody reaches', '"path":"/v1"', '"path":"/v3"', /does not lead to \/v1\/chat\/completions/],
    ['an open route too many', '"path":"/openapi"', '"path":"/metrics"', /leads to \/metrics/],
    ['everything open', '"path":"/","pathType":"Exact"', '"path":"/","pathType":"Prefix"', /leads to \/admin\/queues/],
    ['a claim that is not there', '"claimName":"parley-models"', '"claimName":"models"', /no claim models/],
    [
      'a Secret that nobody makes',
      '"secretName":"parley-api-keys"',
      '"secretName":"keys"',
      /no example .* Secret keys/,
    ],
    ['a key that its Secret lacks', '"key":"METRICS_KEY"', '"key":"METRIC_KEY"', /no METRIC_KEY/],
    ['an account that is not there', '"serviceAccountName":"parley"', '"serviceAccountName":"x"', /no account x/],
    ['a pod that may be root', '"runAsNonRoot":true', '"runAsNonRoot":false', /may run as root/],
    ['a writable image', '"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false', /may write to its image/],
    ['an image without a version', '/parley:0.1.0"', '/parley:latest"', /without a version/],
    [
      'replicas beside the autoscaler',
      '"progressDeadlineSeconds":2400',
      '"progressDeadlineSeconds":2400,"replicas":3',
      /sets replicas/,
    ],
    ['two strategies', '"type":"RollingUpdate"', '"type":"Recreate"', /says how to roll and not to/],
  ])('finds %s', (_, right, wrong, problem) => {
    expect(yaml.includes(right)).toBe(true);
    const planted = JSON.parse(yaml.replaceAll(right, wrong)) as Manifest[];
    expect(problemsOf(planted).join('\n')).toMatch(problem);
  });

  it('finds a metric that is not exposed', () => {
    expect(metricProblems('sum(parley_no_such_thing_bucket)', '# TYPE parley_x counter')).toEqual([
      'parley_no_such_thing is not exposed',
    ]);
  });
});
