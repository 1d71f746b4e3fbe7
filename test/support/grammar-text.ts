import type { Llama, LlamaGrammar } from 'node-llama-cpp';

/** Whether a text is a whole one of a grammar, as llama.cpp itself judges; node-llama-cpp keeps that internal. */
export async function takenBy(llama: Llama, grammar: string): Promise<(text: string) => boolean> {
  const made: LlamaGrammar & { _testText?: (text: string) => boolean } = await llama.createGrammar({ grammar });
  return (text) => {
    if (made._testText === undefined) throw new Error('this node-llama-cpp judges no texts');
    return made._testText(text);
  };
}
