"""Writes the vocabulary, the training examples as token ids, and the evaluation's sentences.

    python3 -m embed.make_data
"""
import argparse
import json
import zlib
from random import Random

import numpy as np

from embed.evaluation_set import write_evaluation
from embed.examples import Example, Sampler
from embed.plain_text import PlainText
from embed.settings import DATA, SEED, Shape
from embed.tokenizer.learning import learn_pieces
from embed.tokenizer.wordpiece import WordPiece

LENGTH = 32  # pieces kept of a training sentence; the longest has about as many
NEAR_MISSES = 2
PLAIN_TEXT_SHARE = 0.06


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", type=int, default=300_000)
    options = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    tokenizer = learn_tokenizer()
    (DATA / "pieces.json").write_text(json.dumps(tokenizer.pieces, ensure_ascii=False), "utf-8")
    write_evaluation(tokenizer)
    ids, keys = make_examples(tokenizer, options.examples)
    np.savez(DATA / "train.npz", ids=ids, keys=keys)
    print(f"{len(tokenizer.pieces)} pieces, {len(ids)} examples in {DATA}")


def learn_tokenizer() -> WordPiece:
    sampler = Sampler(Random(SEED))
    texts = [text for _ in range(30_000) for text in _texts(sampler.example())]
    return WordPiece(learn_pieces(texts, Shape().vocab_size))


def make_examples(tokenizer: WordPiece, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Token ids `uint16 [count, sentences, LENGTH]`, as `_texts` orders the sentences, and their meanings `uint32`."""
    random = Random(SEED + 1)
    facts = Sampler(random)
    plain = PlainText(random, [piece for piece in tokenizer.pieces if piece.isalpha() and len(piece) > 2])
    ids = np.zeros((count, 2 + NEAR_MISSES, LENGTH), np.uint16)
    keys = np.zeros((count, 2 + NEAR_MISSES), np.uint32)
    for row in range(count):
        example = (plain if random.random() < PLAIN_TEXT_SHARE else facts).example()
        for column, text in enumerate(_texts(example)):
            pieces = tokenizer.encode(text)[:LENGTH]
            ids[row, column, : len(pieces)] = pieces
        meanings = [example.anchor_key, example.positive_key, *(near.key for near in example.near_misses)]
        keys[row] = [zlib.crc32(meaning.encode()) for meaning in meanings]
    return ids, keys


def _texts(example: Example) -> list[str]:
    return [example.anchor, example.positive, *(near.text for near in example.near_misses)]


if __name__ == "__main__":
    main()
