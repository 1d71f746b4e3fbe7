import { describe, expect, it } from 'vitest';
import { StopMatcher } from '../../src/inference/engines/text/stop-matcher.js';
import { Random, seeds } from './support/random.js';

interface Fed {
  readonly text: string;
  readonly stopped: boolean;
  /** What had been sent after each piece. */
  readonly sent: readonly string[];
}

function feed(stops: readonly string[], pieces: readonly string[]): Fed {
  const matcher = new StopMatcher(stops);
  const sent: string[] = [];
  let text = '';
  for (const piece of pieces) {
    const matched = matcher.push(piece);
    text += matched.text;
    sent.push(text);
    if (matched.stopped) return { text, stopped: true, sent };
  }
  text += matcher.flush();
  return { text, stopped: false, sent };
}

describe('a stop string', () => {
  it('ends the text before it', () => {
    expect(feed(['END'], ['one END two'])).toMatchObject({ text: 'one ', stopped: true });
  });

  it('is found across pieces, and no part of it was sent', () => {
    const { sent, text, stopped } = feed(['END'], ['one E', 'N', 'D two']);
    expect({ text, stopped }).toEqual({ text: 'one ', stopped: true });
    expect(sent).toEqual(['one ', 'one ', 'one ']);
  });

  it('that was only begun is sent when the text goes on or ends', () => {
    expect(feed(['END'], ['one EN', 'ough']).text).toBe('one ENough');
    expect(feed(['END'], ['one EN']).text).toBe('one EN');
  });

  it('may begin inside a failed beginning of itself', () => {
    expect(feed(['aab'], ['a', 'a', 'a', 'b', 'c'])).toMatchObject({ text: 'a', stopped: true });
  });

  it('may be the first thing there is', () => {
    expect(feed(['\n'], ['\nrest'])).toMatchObject({ text: '', stopped: true });
  });

  it('may hold characters beyond the basic plane', () => {
    expect(feed(['🛑'], ['go ', '🛑', ' gone'])).toMatchObject({ text: 'go ', stopped: true });
    expect(feed(['🛑'], ['go 🚀'])).toMatchObject({ text: 'go 🚀', stopped: false });
  });

  it('that ends first wins over one that begins first', () => {
    const whole = feed(['bc', 'abcd'], ['abcde']);
    const single = feed(['bc', 'abcd'], [...'abcde']);
    expect(single).toMatchObject({ text: 'a', stopped: true });
    expect(whole.text).toBe(single.text);
  });
});

describe('without stop strings', () => {
  it('everything passes at once', () => {
    expect(feed([], ['a', '', 'b'])).toEqual({ text: 'ab', stopped: false, sent: ['a', 'a', 'ab'] });
  });
});

/** The text up to the stop string that is complete first: what any split of the text must give. */
function expectedOf(stops: readonly string[], text: string): { text: string; stopped: boolean } {
  for (let end = 1; end <= text.length; end++) {
    const starts = stops.filter((stop) => text.slice(0, end).endsWith(stop)).map((stop) => end - stop.length);
    if (starts.length > 0) return { text: text.slice(0, Math.min(...starts)), stopped: true };
  }
  return { text, stopped: false };
}

/** Stop strings of which none lies inside another. */
function independentStops(random: Random): string[] {
  const stops = Array.from({ length: 1 + random.below(3) }, () => random.text('ab<', 2, 4));
  return stops.filter((stop) => !stops.some((other) => other !== stop && stop.includes(other)));
}

describe('random texts, stops and splits', () => {
  it.each(seeds(20))('split or not, the result is the same (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 100; round++) {
      const stops = independentStops(random);
      const text = random.text('ab<', 0, 40);
      const pieces = random.split(text, 6);
      const { text: got, stopped } = feed(stops, pieces);
      expect({ stops, pieces, text: got, stopped }).toEqual({ stops, pieces, ...expectedOf(stops, text) });
    }
  });

  it('so it is when one stop string lies inside another', () => {
    const random = new Random(7);
    for (let round = 0; round < 500; round++) {
      const inner = random.text('ab<', 1, 2);
      const stops = [inner, random.text('ab<', 1, 1) + inner + random.text('ab<', 1, 1)];
      const text = random.text('ab<', 0, 12);
      const pieces = random.split(text, 6);
      const { text: got, stopped } = feed(stops, pieces);
      expect({ stops, pieces, text: got, stopped }).toEqual({ stops, pieces, ...expectedOf(stops, text) });
    }
  });

  it.each(seeds(20))('nothing that may become a stop string is sent (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 50; round++) {
      const stops = independentStops(random);
      const pieces = random.split(random.text('ab<', 0, 40), 4);
      feed(stops, pieces).sent.forEach((sent, index) => {
        const seen = pieces.slice(0, index + 1).join('');
        const { text: safe, stopped } = expectedOf(stops, seen);
        const beginnings = stops.flatMap((stop) =>
          Array.from({ length: stop.length - 1 }, (_, end) => stop.slice(0, end + 1)),
        );
        const begun = stopped ? [] : beginnings.filter((beginning) => seen.endsWith(beginning));
        const held = Math.max(0, ...begun.map((beginning) => beginning.length));
        expect({ stops, seen, sent }).toEqual({ stops, seen, sent: safe.slice(0, safe.length - held) });
      });
    }
  });
});
