import { LlamaGrammarEvaluationState, type Llama, type LlamaGrammar, type LlamaModel } from 'node-llama-cpp';

/** Grammars kept: clients send the same few schemas again and again. */
const MOST_GRAMMARS = 64;

/** Parses grammars, each once while it is in use. */
export class GrammarCache {
  /** By their text, the one used last at the end. */
  private readonly grammars = new Map<string, LlamaGrammar>();

  constructor(
    private readonly llama: Llama,
    private readonly model: LlamaModel,
  ) {}

  /** A fresh state of the grammar, for one answer. */
  async stateOf(gbnf: string): Promise<LlamaGrammarEvaluationState> {
    const grammar = this.grammars.get(gbnf) ?? (await this.llama.createGrammar({ grammar: gbnf }));
    this.grammars.delete(gbnf);
    this.grammars.set(gbnf, grammar);
    const [oldest] = this.grammars.keys();
    if (this.grammars.size > MOST_GRAMMARS && oldest !== undefined) this.grammars.delete(oldest);
    return new LlamaGrammarEvaluationState({ model: this.model, grammar });
  }
}
