import { beforeAll, describe, expect, it } from 'vitest';
import { BUILDS, build, exampleSecrets, manifestsIn, type Manifest } from './support/manifests.js';
import { schemaProblems } from './support/strict-schema.js';

async function problemsOf(manifests: readonly Manifest[]): Promise<string[]> {
  return (await Promise.all(manifests.map(schemaProblems))).flat();
}

describe("Kubernetes' own schemas", () => {
  it.each(BUILDS)('take every object of %s', async (folder) => {
    const manifests = await build(folder);
    expect(manifests.length).toBeGreaterThan(8);
    expect(await problemsOf(manifests)).toEqual([]);
  });

  it('take what is applied by hand', async () => {
    expect(await problemsOf([...manifestsIn('namespace.yaml'), ...exampleSecrets()])).toEqual([]);
  });
});

describe('the check itself', () => {
  let yaml: string;

  beforeAll(async () => {
    yaml = JSON.stringify(await build('overlays/redis'));
  });

  it.each([
    ['a misspelt field', '"runAsNonRoot"', '"runAsNonroot"', /runAsNonroot is unknown/],
    ['a misspelt field that is required', '"containerPort"', '"contanerPort"', /containerPort/],
    ['a misspelt field deep in a list', '"timeoutSeconds"', '"timeoutSecs"', /timeoutSecs is unknown/],
    [
      'a misspelt block',
      '"networking.k8s.io/v1","kind":"Ingress"',
      '"networking.k8s.io/v1","kind":"Ingres"',
      /no such kind/,
    ],
    ['a version that is gone', '"autoscaling/v2"', '"autoscaling/v9"', /no such kind/],
    ['text where a number belongs', '"failureThreshold":360', '"failureThreshold":"360"', /must be integer/],
    ['a misspelt field of the Prometheus operator', '"scrapeTimeout"', '"scrapeTimeOut"', /scrapeTimeOut is unknown/],
  ])('finds %s', async (_, right, wrong, problem) => {
    expect(yaml.includes(right)).toBe(true);
    const planted = JSON.parse(yaml.replaceAll(right, wrong)) as Manifest[];
    expect((await problemsOf(planted)).join('\n')).toMatch(problem);
  });
});
