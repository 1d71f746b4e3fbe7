"""Chooses the vocabulary: every character, the words that recur, then the commonest parts of words.

The parts spell what is not a word of its own, made-up names above all. A character that is missing makes its whole word
unknown, so the alphabet is wider than the training text: any English, French or Russian text gets pieces.
"""
from collections import Counter
from collections.abc import Iterable

from embed.tokenizer.wordpiece import PREFIX, SPECIAL, words_of

ASCII = "".join(chr(code) for code in range(33, 127) if not chr(code).isupper())
CYRILLIC = "".join(chr(code) for code in range(ord("а"), ord("я") + 1)) + "єіґ"
OTHERS = "æœøßłđıðþ€£¥°§«»„“”‘’…–—•©®™№×÷½²³→"
EMOJI = "😀😂🙂😉😍😊😎😢😭😡🤔🙏👍👎👋🎉🔥🚀✅❌⚠❤⭐💡📦📱💻🏠🚗🍕🍎🐱🐶☀🌧❄"
MIN_COUNT = 8
PART_LENGTHS = (2, 3)


def learn_pieces(texts: Iterable[str], size: int) -> list[str]:
    """The pieces in the order of their ids, special ones first."""
    counts = Counter(word for text in texts for word in words_of(text))
    alphabet = dict.fromkeys(ASCII + CYRILLIC + OTHERS + EMOJI)
    pieces = dict.fromkeys([*SPECIAL, *alphabet, *(PREFIX + char for char in alphabet)])
    words = [word for word, count in counts.most_common() if count >= MIN_COUNT]
    for piece in [*words, *_parts(counts)]:
        if len(pieces) == size:
            break
        pieces.setdefault(piece)
    return list(pieces)


def _parts(counts: Counter[str]) -> list[str]:
    """Beginnings and continuations by how many different words have them."""
    parts: Counter[str] = Counter()
    for word in counts:
        for length in PART_LENGTHS:
            parts[word[:length]] += len(word) > length
            for start in range(1, len(word) - length + 1):
                parts[PREFIX + word[start : start + length]] += 1
    return [part for part, _ in parts.most_common()]
