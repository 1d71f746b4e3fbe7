import type { BatchingOptions } from 'node-llama-cpp';

/**
 * Orders each batch by sequence. llama.cpp joins sequences into one micro-batch only while their ids ascend; in order
 * of arrival they fall apart into many small matrix products. `evaluationPriority` carries the sequence's index.
 */
export const BATCH_IN_SEQUENCE_ORDER: BatchingOptions = {
  itemPrioritizationStrategy: ({ items }) =>
    [...items]
      .sort((a, b) => a.evaluationPriority - b.evaluationPriority)
      .map((item) => ({ item, processAmount: item.tokens.length })),
};
