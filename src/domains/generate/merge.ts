/** One item of one of several streams. */
export interface Indexed<T> {
  readonly index: number;
  readonly value: T;
}

interface Pending<T> {
  readonly index: number;
  readonly result: IteratorResult<T>;
}

/** Items of several streams as they come. Leaving the loop, or an error in one stream, ends all of them. */
export async function* merge<T>(streams: readonly AsyncIterable<T>[]): AsyncGenerator<Indexed<T>, void> {
  const [only] = streams;
  if (only !== undefined && streams.length === 1) {
    for await (const value of only) yield { index: 0, value };
    return;
  }
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const pull = async (index: number): Promise<Pending<T>> => {
    const iterator = iterators[index];
    if (iterator === undefined) throw new RangeError(`no stream ${String(index)}`);
    return { index, result: await iterator.next() };
  };
  const pending = new Map(iterators.map((_, index) => [index, pull(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done === true) pending.delete(index);
      else {
        pending.set(index, pull(index));
        yield { index, value: result.value };
      }
    }
  } finally {
    for (const left of pending.values()) left.catch(() => undefined);
    await Promise.allSettled(iterators.flatMap((iterator) => iterator.return?.() ?? []));
  }
}
