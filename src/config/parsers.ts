import { parse as parsePath } from 'node:path';

/** Turns the text of an environment variable into its value, or throws an Error that says what would be accepted. */
export type Parser<T> = (text: string) => T;

export const text: Parser<string> = (raw) => raw;

export const path: Parser<string> = (raw) => {
  if (parsePath(raw).root === raw) throw new Error('must not be the root of the file system');
  return raw;
};

export function integer(min: number, max: number): Parser<number> {
  return (raw) => {
    const value = raw.trim() === '' ? NaN : Number(raw);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new Error(`must be a whole number from ${String(min)} to ${String(max)}`);
    }
    return value;
  };
}

export const flag: Parser<boolean> = (raw) => {
  if (raw === 'true' || raw === '1') return true;
  if (raw === 'false' || raw === '0') return false;
  throw new Error('must be true or false');
};

export function oneOf<const T extends string>(...values: readonly T[]): Parser<T> {
  return (raw) => {
    const found = values.find((value) => value === raw);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };
}

export const list: Parser<readonly string[]> = (raw) =>
  raw
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function pairs(raw: string): [string, string][] {
  return list(raw).map((item) => {
    const at = item.indexOf('=');
    if (at < 1 || at === item.length - 1) throw new Error(`has "${item}" where name=value was expected`);
    return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  });
}

/** `name=value` pairs with percent-encoded values, as OpenTelemetry's settings have them. What is wrong is not shown: it may be a secret. */
function encodedPairs(raw: string): [string, string][] {
  return list(raw).map((item) => {
    const at = item.indexOf('=');
    if (at < 1) throw new Error('must be name=value pairs, separated by commas');
    try {
      return [item.slice(0, at).trim(), decodeURIComponent(item.slice(at + 1).trim())];
    } catch {
      throw new Error('has a value that is not percent-encoded properly');
    }
  });
}

export const attributes: Parser<ReadonlyMap<string, string>> = (raw) => new Map(encodedPairs(raw));

/** HTTP headers. */
export const headers: Parser<ReadonlyMap<string, string>> = (raw) => {
  const given = encodedPairs(raw);
  const wrong = given.some(([name, value]) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value));
  if (wrong) throw new Error('has a pair that cannot be sent as a header');
  return new Map(given);
};

export const ratio: Parser<number> = (raw) => {
  const value = raw.trim() === '' ? NaN : Number(raw);
  if (!(value >= 0 && value <= 1)) throw new Error('must be a number from 0 to 1');
  return value;
};

export const stringMap: Parser<ReadonlyMap<string, string>> = (raw) => new Map(pairs(raw));

/** `1088=openai,8080=rkllama`. Names are checked against the registry of dialects by `assertKnownDialects`. */
export const dialectPorts: Parser<ReadonlyMap<number, string>> = (raw) =>
  pairs(raw).reduce((ports, [port, dialect]) => {
    const number = integer(1, 65_535)(port);
    if (ports.has(number)) throw new Error(`gives port ${port} to two dialects`);
    return ports.set(number, dialect);
  }, new Map<number, string>());

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `512M`, `6G`, `6GiB` or plain bytes. */
export const bytes: Parser<number> = (raw) => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(raw.trim());
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || unit === undefined) throw new Error('must be a number of bytes such as 6G or 512M');
  return Math.floor(Number(match[1]) * unit);
};

export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** `60/60`: requests per seconds. */
export const rateLimit: Parser<RateLimit> = (raw) => {
  const match = /^([1-9]\d*)\/([1-9]\d*)$/.exec(raw.trim());
  if (match === null) throw new Error('must be requests/seconds, such as 60/60');
  return { requests: Number(match[1]), seconds: Number(match[2]) };
};

function urlWith(protocols: readonly string[]): Parser<URL> {
  return (raw) => {
    // No part of it is shown: it may hold a password.
    if (!URL.canParse(raw)) throw new Error('must be a URL');
    const url = new URL(raw);
    if (!protocols.includes(url.protocol)) {
      throw new Error(`must begin with ${protocols.map((name) => `${name}//`).join(', ')}`);
    }
    return url;
  };
}

export const queueUrl: Parser<URL> = urlWith(['redis:', 'rediss:', 'postgres:', 'postgresql:']);

export const httpUrl: Parser<URL> = urlWith(['https:', 'http:']);

/** `https://chat.example.org,http://localhost:5173`, or `*` alone for any. */
export const origins: Parser<readonly string[]> = (raw) => {
  const given = list(raw);
  const wrong = given.find((one) => one !== '*' && (!URL.canParse(one) || new URL(one).origin !== one));
  if (wrong !== undefined)
    throw new Error(`has "${wrong}" where an origin such as https://chat.example.org was expected`);
  if (given.includes('*') && given.length > 1) throw new Error('has * beside other origins, which * includes');
  return given;
};
