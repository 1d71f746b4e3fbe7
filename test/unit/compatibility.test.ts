import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationsOf, type ApiDocument } from '../../tools/documents/documented.js';
import { HEADERS } from '../../src/http/openapi/header-support.js';
import { outside } from '../../tools/documents/limits.js';
import { markdownTable } from '../../tools/documents/markdown-table.js';
import { compatibilityPage } from '../../tools/documents/page.js';
import { disagreements } from '../../tools/documents/disagreements.js';
import { SUPPORT } from '../support/compatibility-entries.js';
import { honoured, type DialectSupport, type Support } from '../../src/http/openapi/parameter-support.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';

const supports: readonly (readonly [string, Support])[] = [
  ...[...SUPPORT].flatMap(([dialect, { operations }]) =>
    Object.entries(operations).flatMap(([id, { parameters }]) =>
      Object.entries(parameters).map(([name, support]) => [`${dialect} ${id} ${name}`, support] as const),
    ),
  ),
  ...Object.entries(HEADERS),
];

describe('the entries', () => {
  it.each([...SUPPORT])('of %s are those that its document has', (dialect, support) => {
    const document = JSON.parse(readFileSync(`${PACKAGE_ROOT}/openapi/${dialect}.json`, 'utf8')) as ApiDocument;
    expect(disagreements(support, operationsOf(document))).toEqual([]);
  });

  it('each have a proof', () => {
    expect(supports.filter(([, { proofs }]) => proofs.length === 0).map(([name]) => name)).toEqual([]);
  });
});

describe('headers of long routes', () => {
  it.each(Object.entries(HEADERS))('%s is proven by a test that sends it', (name, { proofs }) => {
    const tests = proofs.flatMap((one) => (one.kind === 'elsewhere' ? one.test : []));
    expect(tests).not.toEqual([]);
    for (const test of tests)
      expect(readFileSync(`${PACKAGE_ROOT}/${test}`, 'utf8').toLowerCase()).toContain(name.toLowerCase());
  });
});

const DOCUMENT: ApiDocument = {
  paths: {
    '/speak': {
      post: {
        operationId: 'speak',
        parameters: [{ name: 'speed', in: 'query', description: 'How fast', schema: { minimum: 0.5, maximum: 2 } }],
        requestBody: {
          content: { 'multipart/form-data': { schema: { allOf: [{ $ref: '#/components/schemas/Speech' }] } } },
        },
      },
    },
    '/health': { get: { operationId: 'health' } },
  },
  components: {
    schemas: {
      Speech: {
        required: ['parts'],
        properties: {
          parts: { description: 'What to say', items: { $ref: '#/components/schemas/Part' } },
          speed: { description: 'How fast', minimum: 0.5, maximum: 2 },
        },
      },
      Part: {
        properties: {
          text: { description: 'Words | signs', minLength: 1 },
          parts: { items: { $ref: '#/components/schemas/Part' } },
        },
      },
    },
  },
};

describe('parameters of a document', () => {
  const [speak] = operationsOf(DOCUMENT);

  it('are found in bodies, forms and queries, in lists and in each other', () => {
    expect(speak?.parameters.map(({ name, places }) => [name, [...places]])).toEqual([
      ['parts', ['form']],
      ['parts[].text', ['form']],
      ['parts[].parts', ['form']],
      ['speed', ['form', 'query']],
    ]);
  });

  it('have values just outside their range', () => {
    const speed = speak?.parameters.find(({ name }) => name === 'speed');
    const text = speak?.parameters.find(({ name }) => name === 'parts[].text');
    if (speed === undefined || text === undefined) throw new Error('not found');
    expect(outside(speed)).toEqual([-0.5, 0.499, 3, 2.001]);
    expect(outside(text)).toEqual(['']);
  });
});

describe('what documents and entries do not share', () => {
  const entry = honoured([]);
  const support: DialectSupport = {
    operations: {
      speak: { example: {}, parameters: { parts: { ...entry, fieldsAsIn: 'sing' }, pitch: entry } },
      sing: { example: {}, parameters: {} },
    },
    missing: {},
  };

  it('is told by name', () => {
    expect(disagreements(support, operationsOf(DOCUMENT))).toEqual([
      'speak: speed is documented, and has no entry that says how far it is honoured',
      'speak: pitch has an entry, and is not documented',
      'sing is no operation of the document',
    ]);
  });
});

describe('the page', () => {
  it('has one row for each parameter, and one for what is ignored', () => {
    const parameters = {
      parts: honoured([]),
      'parts[].text': honoured([]),
      'parts[].parts': honoured([]),
      speed: honoured([], 'half speed sounds\nodd'),
      colour: { ...honoured([]), level: 'ignored' as const, note: 'sound has none' },
    };
    const support: DialectSupport = {
      operations: { speak: { example: {}, parameters } },
      missing: { 'GET /x': 'nothing' },
    };
    const page = compatibilityPage([{ name: 'chatvlm', support, operations: operationsOf(DOCUMENT) }]);
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => row.replaceAll(/ +/g, ' '))).toEqual([
      '| `parts` (form) | honoured | What to say. Required. |',
      '| `parts[].text` (form) | honoured | Words \\| signs. |',
      '| `parts[].parts` (form) | honoured | |',
      '| `speed` (form or query) | honoured | How fast. 0.5 to 2. Half speed sounds odd. |',
      '| `colour` | ignored | Sound has none. |',
      '| `GET /x` | nothing |',
    ]);
    expect(page).toContain('Without parameters: `GET /health`.');
  });

  it('has tables whose columns are aligned', () => {
    expect(markdownTable(['A', 'B'], [['one', '…']])).toBe('| A   | B   |\n| --- | --- |\n| one | …   |');
  });
});
