"""Which letters of a word say which of its phonemes, learned from the words alone (Viterbi training)."""
import math
from collections import Counter, defaultdict
from functools import lru_cache

from voice.espeak import STRESS_MARKS

# The phonemes that one letter says, stress marks included; () for a silent letter.
Label = tuple[str, ...]
VOWEL_LETTERS = "aeiouy"
VOWEL_PHONEMES = "aeiouAEIOUV03@"
ROUNDS = 5
SMOOTHING = 0.05
USUAL_MOST = 2  # phonemes a letter: "x" says two
IMPOSSIBLE = -1e9


class Aligner:
    """Splits a word's phonemes over its letters so that each letter says what it usually says."""

    def __init__(self, words: list[tuple[str, Label]]) -> None:
        """`words`: spellings (letters only) with their phonemes."""
        self._scores: dict[str, dict[Label, float]] = {}
        self._unseen: dict[str, float] = {}
        for _ in range(ROUNDS):
            counts: dict[str, Counter[Label]] = defaultdict(Counter)
            for letters, phonemes in words:
                for letter, label in zip(letters, self._best_path(letters, _without_stress(phonemes))):
                    counts[letter][label] += 1
            self._learn(counts)

    @lru_cache(maxsize=None)
    def align(self, letters: str, phonemes: Label) -> tuple[Label, ...]:
        """One label a letter; together they are `phonemes`."""
        labels, taken = [], 0
        for label in self._best_path(letters, _without_stress(phonemes)):
            labels.append(phonemes[taken : taken + len(label)])
            taken += len(label)
        return tuple(labels)

    def _learn(self, counts: dict[str, Counter[Label]]) -> None:
        for letter, labels in counts.items():
            total = sum(labels.values()) + SMOOTHING * 1000
            self._scores[letter] = {label: math.log((n + SMOOTHING) / total) for label, n in labels.items()}
            self._unseen[letter] = math.log(SMOOTHING / total)

    def _score(self, letter: str, label: Label) -> float:
        known = self._scores.get(letter)
        if known is None:
            return _first_guess(letter, label)
        return known.get(label, self._unseen[letter] - 2.0 * len(label))

    def _best_path(self, letters: str, phonemes: Label) -> list[Label]:
        most = max(USUAL_MOST, -(-len(phonemes) // len(letters)) + 1)
        best = [[IMPOSSIBLE] * (len(phonemes) + 1) for _ in range(len(letters) + 1)]
        came = [[0] * (len(phonemes) + 1) for _ in range(len(letters) + 1)]
        best[0][0] = 0.0
        for i, letter in enumerate(letters):
            for said in range(len(phonemes) + 1):
                if best[i][said] <= IMPOSSIBLE:
                    continue
                for count in range(min(most, len(phonemes) - said) + 1):
                    score = best[i][said] + self._score(letter, phonemes[said : said + count])
                    if score > best[i + 1][said + count]:
                        best[i + 1][said + count], came[i + 1][said + count] = score, count
        labels, said = [], len(phonemes)
        for i in range(len(letters), 0, -1):
            count = came[i][said]
            labels.append(phonemes[said - count : said])
            said -= count
        return labels[::-1]


def _first_guess(letter: str, label: Label) -> float:
    """Before anything is learned: one phoneme a letter, vowels to vowels and consonants to consonants."""
    is_vowel = letter in VOWEL_LETTERS
    mismatches = sum((phoneme[0] in VOWEL_PHONEMES) != is_vowel for phoneme in label)
    return -3.0 * mismatches - (1.0, 0.0, 2.0)[min(len(label), 2)] - 2.0 * max(0, len(label) - 2)


def _without_stress(phonemes: Label) -> Label:
    return tuple(phoneme.lstrip(STRESS_MARKS) for phoneme in phonemes)
