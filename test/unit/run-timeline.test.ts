import { describe, expect, it } from 'vitest';
import { RunTimeline } from '../../src/inference/run-timeline.js';

describe('the phases of a run', () => {
  it('follow each other without gaps, from its arrival to its end', () => {
    const timeline = new RunTimeline(100);
    timeline.enter('queue', 150);
    timeline.enter('prefill', 160);
    timeline.enter('decode', 200);
    timeline.enter('decode', 210);
    expect(timeline.until(300)).toEqual([
      { name: 'load', from: 100, to: 150 },
      { name: 'queue', from: 150, to: 160 },
      { name: 'prefill', from: 160, to: 200 },
      { name: 'decode', from: 200, to: 300 },
    ]);
  });

  it('are those alone that took time', () => {
    const timeline = new RunTimeline(100);
    timeline.enter('queue', 100);
    timeline.enter('prefill', 120);
    expect(timeline.until(120)).toEqual([{ name: 'queue', from: 100, to: 120 }]);
  });
});
