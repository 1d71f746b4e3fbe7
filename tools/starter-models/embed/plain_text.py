"""Examples without meaning: two texts are alike if they share their words.

They are there for what the facts do not cover, unknown words and other languages: such texts are then at least compared
by their words.
"""
from random import Random

from embed.examples import Example
from embed.facts.words import made_up_word
from embed.near_misses import NearMiss

KEPT = 0.8  # of a text's words, in each of the two texts that count as alike


class PlainText:
    def __init__(self, random: Random, known_words: list[str]) -> None:
        self.random = random
        self.known_words = known_words

    def example(self) -> Example:
        words = [self._word() for _ in range(self.random.randint(4, 14))]
        others = [word if self.random.random() < 0.4 else self._word() for word in words]
        key, other_key = " ".join(words), " ".join(others)
        near = tuple(NearMiss(self._part(others), other_key, "words") for _ in range(2))
        return Example(self._part(words), self._part(words), key, key, near)

    def _word(self) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(self.known_words)
        return "".join(made_up_word(self.random) for _ in range(self.random.choice((1, 1, 2))))

    def _part(self, words: list[str]) -> str:
        return " ".join([word for word in words if self.random.random() < KEPT] or words)
