import { describe, expect, it } from 'vitest';
import * as parse from '../../src/config/parsers.js';

describe('integer', () => {
  const port = parse.integer(1, 65_535);

  it.each([
    ['1', 1],
    ['8000', 8000],
    ['65535', 65_535],
  ])('takes %s', (raw, value) => {
    expect(port(raw)).toBe(value);
  });

  it.each(['0', '65536', '-1', '1.5', 'many', 'NaN', 'Infinity', '80a'])('refuses %s and says the range', (raw) => {
    expect(() => port(raw)).toThrow('must be a whole number from 1 to 65535');
  });

  it.each(['', ' ', '\t'])('does not take blank text (%j) for zero', (raw) => {
    expect(() => parse.integer(0, 10)(raw)).toThrow('must be a whole number');
  });
});

describe('flag', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('takes %s', (raw, value) => {
    expect(parse.flag(raw)).toBe(value);
  });

  it.each(['', 'yes', 'TRUE', 'off', '2'])('refuses %j', (raw) => {
    expect(() => parse.flag(raw)).toThrow('must be true or false');
  });
});

describe('list', () => {
  it('trims items and leaves out empty ones', () => {
    expect(parse.list(' a, b ,,c,')).toEqual(['a', 'b', 'c']);
    expect(parse.list('')).toEqual([]);
    expect(parse.list(' , ')).toEqual([]);
  });
});

describe('oneOf', () => {
  const level = parse.oneOf('debug', 'info');

  it('takes a listed value and names all of them when refusing', () => {
    expect(level('info')).toBe('info');
    expect(() => level('loud')).toThrow('must be one of debug, info');
    expect(() => level('')).toThrow('must be one of debug, info');
  });
});

describe('path', () => {
  it('takes folders and refuses the root of the file system', () => {
    expect(parse.path('data')).toBe('data');
    expect(parse.path('/srv/parley')).toBe('/srv/parley');
    expect(() => parse.path('/')).toThrow('must not be the root');
  });
});

describe('stringMap', () => {
  it('reads pairs, and keeps an = in the value', () => {
    expect([...parse.stringMap(' a = b ,c=d=e')]).toEqual([
      ['a', 'b'],
      ['c', 'd=e'],
    ]);
    expect(parse.stringMap('').size).toBe(0);
  });

  it.each(['a', 'a=', '=b', 'a=b,c'])('refuses %s and shows the pair at fault', (raw) => {
    expect(() => parse.stringMap(raw)).toThrow(`has "${raw.split(',').at(-1) ?? ''}" where name=value was expected`);
  });
});

describe('dialectPorts', () => {
  it('reads ports and dialects', () => {
    expect([...parse.dialectPorts('1088=openai,8080=rkllama')]).toEqual([
      [1088, 'openai'],
      [8080, 'rkllama'],
    ]);
  });

  it.each(['0=openai', '70000=openai', 'http=openai'])('refuses a port that is none: %s', (raw) => {
    expect(() => parse.dialectPorts(raw)).toThrow('must be a whole number from 1 to 65535');
  });

  it('refuses one port for two dialects', () => {
    expect(() => parse.dialectPorts('1088=openai,1088=rkllama')).toThrow('1088');
  });
});

describe('bytes', () => {
  it.each([
    ['1024', 1024],
    ['1k', 1024],
    ['512M', 512 * 1024 ** 2],
    ['6G', 6 * 1024 ** 3],
    ['6GiB', 6 * 1024 ** 3],
    ['6 gb', 6 * 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['2T', 2 * 1024 ** 4],
  ])('reads %s', (raw, value) => {
    expect(parse.bytes(raw)).toBe(value);
  });

  it.each(['', '-1', 'G', '6X', '1e9', '6G7', 'all', '0x10', '1,5G'])('refuses %j', (raw) => {
    expect(() => parse.bytes(raw)).toThrow('must be a number of bytes such as 6G or 512M');
  });
});

describe('rateLimit', () => {
  it('reads requests/seconds', () => {
    expect(parse.rateLimit('60/30')).toEqual({ requests: 60, seconds: 30 });
  });

  it.each(['', '60', '0/60', '60/0', '-1/60', '1.5/60', '60/minute', '1/2/3'])('refuses %j', (raw) => {
    expect(() => parse.rateLimit(raw)).toThrow('must be requests/seconds, such as 60/60');
  });
});
