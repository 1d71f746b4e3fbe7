import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, LlamaRunner, type Answer } from './support/llama-runner.js';
import { chatTask } from './support/tasks.js';

const LONG_QUESTION = `${'My name is Wendy. I live in Paris. '.repeat(12)}What is my name?`;

let llama: LlamaRunner;

beforeAll(async () => {
  ({ llama } = await LlamaRunner.load());
});
afterAll(() => llama.stop());

function together(count: number, scope: (index: number) => string = () => 'alice'): Promise<Answer[]> {
  const runs = Array.from({ length: count }, (_, index) =>
    llama.runner.run(chatTask([{ role: 'user', content: LONG_QUESTION }]), scope(index)),
  );
  return Promise.all(runs.map(answerOf));
}

const cachedOf = (answers: readonly Answer[]): number[] => answers.map(({ finished }) => finished.cachedTokens);

describe('requests that begin alike', () => {
  it('share one prefill when they come together, and answer as they do alone', async () => {
    const alone = await llama.ask(chatTask([{ role: 'user', content: LONG_QUESTION }]), 'somebody else');
    const answers = await together(4);
    const { promptTokens } = alone.finished;
    expect(promptTokens).toBeGreaterThan(100);
    expect(cachedOf(answers).sort((a, b) => a - b)).toEqual([0, ...Array<number>(3).fill(promptTokens - 1)]);
    for (const { text } of answers) expect(text).toBe(alone.text);
  });

  it('do not share across API keys', async () => {
    const answers = await together(3, (index) => `key ${String(index)}`);
    expect(cachedOf(answers)).toEqual([0, 0, 0]);
  });

  it('go on alone when the first leaves', async () => {
    const first = llama.runner.run(chatTask([{ role: 'user', content: LONG_QUESTION }]), 'bob');
    const second = llama.runner.run(chatTask([{ role: 'user', content: LONG_QUESTION }]), 'bob');
    first.abort();
    const answer = await answerOf(second);
    const alone = await llama.ask(chatTask([{ role: 'user', content: LONG_QUESTION }]), 'nobody');
    expect(answer.text).toBe(alone.text);
    expect(alone.text).not.toBe('');
  });
});
