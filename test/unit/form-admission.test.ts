import { describe, expect, it } from 'vitest';
import { FORM_BOUNDS, FormAdmission } from '../../src/http/body/form-admission.js';

const refused = { code: 'overloaded', retryAfterSeconds: 1 };

describe('forms in transfer', () => {
  it('are bounded for a key, and one that is parsed frees its place', () => {
    const admission = new FormAdmission();
    const tickets = Array.from({ length: FORM_BOUNDS.formsOfKey }, () => admission.enter('a'));
    expect(() => admission.enter('a')).toThrow(expect.objectContaining(refused) as Error);
    admission.enter('b').leave();
    tickets[0]?.parsed();
    tickets[0]?.leave();
    admission.enter('a');
  });

  it('are shared fairly between keys, each of which can have one', () => {
    const admission = new FormAdmission();
    const keys = Array.from({ length: 200 }, (_, n) => `key-${String(n)}`);
    for (const key of keys) admission.enter(key);
    expect(() => admission.enter('key-0')).toThrow(expect.objectContaining(refused) as Error);
  });
});

describe('memory of forms', () => {
  it('is bounded for a key until its requests have their responses', () => {
    const admission = new FormAdmission();
    const first = admission.enter('a');
    first.hold(FORM_BOUNDS.bytesOfKey - 10);
    first.parsed();
    const second = admission.enter('a');
    expect(() => second.hold(11)).toThrow(expect.objectContaining(refused) as Error);
    const other = admission.enter('b');
    other.hold(FORM_BOUNDS.bytesOfKey / 2);
    first.leave();
    second.hold(11);
  });

  it('does not keep a single large form out', () => {
    const admission = new FormAdmission();
    admission.enter('a').hold(FORM_BOUNDS.bytesOfKey + 1);
  });
});
