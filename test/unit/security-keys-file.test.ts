import { describe, expect, it } from 'vitest';
import { KeyRing, plainKey } from '../../src/http/auth/key-ring.js';
import { KeysFileError, parseKeysFile } from '../../src/http/auth/keys-file.js';
import { messageOf } from './support/errors.js';

const DIGEST = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'; // of "secret"

describe('a file of keys', () => {
  it('names keys, given as they are or as digests, and their limits', () => {
    const ring = new KeyRing(
      parseKeysFile(`
keys:
  - name: team-a
    key: sesame
    rate_limit: 5/60
    max_concurrent: 2
  - name: team-b
    key_sha256: '${DIGEST}'
    rate_limit: none
`),
    );
    expect(ring.identify('sesame')).toBe('team-a');
    expect(ring.identify('secret')).toBe('team-b');
    expect(ring.identify(DIGEST)).toBeNull();
    expect(ring.limitsOf('team-a')).toEqual({ rate: { requests: 5, seconds: 60 }, maxConcurrent: 2 });
    expect(ring.limitsOf('team-b')).toEqual({ rate: null, maxConcurrent: null });
  });

  it('may be JSON, and may be empty of keys', () => {
    expect(parseKeysFile('{"keys": [{"name": "a", "key": "sesame"}]}')).toHaveLength(1);
    expect(parseKeysFile('keys: []')).toEqual([]);
  });

  it('may give one caller two keys, which share the limits of either', () => {
    const ring = new KeyRing([
      plainKey('old', 'a'),
      ...parseKeysFile('keys: [{name: a, key: new, max_concurrent: 3}]', [plainKey('old', 'a')]),
    ]);
    expect([ring.identify('old'), ring.identify('new')]).toEqual(['a', 'a']);
    expect(ring.limitsOf('a').maxConcurrent).toBe(3);
  });

  it('merges the limits of two keys of one name, in whichever order they come', () => {
    const limited = parseKeysFile('keys: [{name: a, key: new, rate_limit: 5/60, max_concurrent: 3}]');
    for (const keys of [
      [plainKey('old', 'a'), ...limited],
      [...limited, plainKey('old', 'a')],
    ]) {
      expect(new KeyRing(keys).limitsOf('a')).toEqual({ rate: { requests: 5, seconds: 60 }, maxConcurrent: 3 });
    }
  });

  it.each([
    ['nothing', '', 'keys'],
    ['another field', 'keys: []\nmore: sesame', 'keys'],
    ['no YAML', 'keys:\n  - name: a\n   key: "sesame', /line \d/],
    ['a key twice in a map', 'keys:\n  - {name: a, key: sesame, key: sesame2}', /line 2/],
    ['an alias', 'keys: [&sesame {name: a, key: b}, *sesame]', 'alias'],
    ['a text for an entry', 'keys: [sesame]', 'keys[0]'],
    ['no name', 'keys: [{key: sesame}]', 'keys[0].name'],
    ['an empty name', 'keys: [{name: "", key: sesame}]', 'keys[0].name'],
    ['a name with capitals', 'keys: [{name: Sesame, key: a}]', 'keys[0].name'],
    ['a name that is taken', 'keys: [{name: metrics, key: sesame}]', 'keys[0].name'],
    ['an unknown field', 'keys: [{name: a, key: b, sesame: 1}]', 'keys[0]'],
    ['no key', 'keys: [{name: a}]', 'keys[0]'],
    ['a key and a digest', `keys: [{name: a, key: sesame, key_sha256: '${DIGEST}'}]`, 'keys[0]'],
    ['a number for a key', 'keys: [{name: a, key: 123456}]', 'quotes'],
    ['a key with a blank', 'keys: [{name: a, key: "sesame open"}]', 'keys[0].key'],
    ['a short digest', 'keys: [{name: a, key_sha256: "5e5a3e"}]', 'keys[0].key_sha256'],
    ['a limit that is none', 'keys: [{name: a, key: sesame, rate_limit: often}]', 'keys[0].rate_limit'],
    ['no requests at a time', 'keys: [{name: a, key: sesame, max_concurrent: 0}]', 'keys[0].max_concurrent'],
    ['one key under two names', 'keys: [{name: a, key: sesame}, {name: b, key: sesame}]', 'keys[1]'],
    [
      'two rates for one name',
      'keys: [{name: a, key: b, rate_limit: 1/1}, {name: a, key: sesame, rate_limit: 2/1}]',
      'keys[1].rate_limit',
    ],
    [
      'two numbers of requests for one name',
      'keys: [{name: a, key: b, max_concurrent: 1}, {name: a, key: sesame, max_concurrent: 2}]',
      'keys[1].max_concurrent',
    ],
  ])('is refused with %s, without showing it', (_, text, says) => {
    const message = messageOf(() => parseKeysFile(text));
    expect(message).toMatch(typeof says === 'string' ? new RegExp(says.replace(/[[\].]/g, '\\$&')) : says);
    expect(message).not.toMatch(/sesame|123456|5e5a3e/i);
    expect(() => parseKeysFile(text)).toThrow(KeysFileError);
  });

  it('may not give a key of API_KEYS another name', () => {
    expect(() => parseKeysFile('keys: [{name: a, key: sesame}]', [plainKey('sesame')])).toThrow('keys[0]');
  });
});
