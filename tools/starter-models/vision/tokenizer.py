"""A byte-level BPE tokenizer in the form of Hugging Face's tokenizer.json: learned here, read by transformers.js."""
import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from vision.shape import IMAGE_TOKENS

IMAGE, FAKE, GLOBAL = "<image>", "<fake_token_around_image>", "<global-img>"  # the names are Idefics3Processor's
START, END, PAD, UNKNOWN = "<|im_start|>", "<|im_end|>", "<pad>", "<|endoftext|>"
SPECIAL = (UNKNOWN, PAD, START, END, FAKE, GLOBAL, IMAGE)
IMAGE_BLOCK = FAKE + GLOBAL + IMAGE * IMAGE_TOKENS + FAKE  # what the processor makes of one IMAGE

# GPT-2's pre-tokenizer, which "ByteLevel" with "use_regex" stands for, with `re`'s names for letters and digits.
WORD = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+",
)
SPECIAL_TOKEN = re.compile("(" + "|".join(re.escape(token) for token in SPECIAL) + ")")


def _byte_symbols() -> list[str]:
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


BYTES = _byte_symbols()


def learn_merges(texts: list[str], count: int) -> list[tuple[str, str]]:
    """The `count` most frequent joins, each made before the next is counted."""
    words = Counter(word for text in texts for word in WORD.findall(text))
    pieces = {word: _symbols(word) for word in words}
    merges = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in pieces.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        pieces = {word: _merged(symbols, best) for word, symbols in pieces.items()}
    return merges


def _symbols(word: str) -> list[str]:
    return [BYTES[byte] for byte in word.encode()]


def _merged(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    merged, i = [], 0
    while i < len(symbols):
        width = 2 if tuple(symbols[i : i + 2]) == pair else 1
        merged.append("".join(symbols[i : i + width]))
        i += width
    return merged


class Tokenizer:
    def __init__(self, merges: list[tuple[str, str]]) -> None:
        self.merges = merges
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        tokens = BYTES + [left + right for left, right in merges]
        self.vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
        self.special = {token: len(self.vocabulary) + i for i, token in enumerate(SPECIAL)}
        self._word = lru_cache(100_000)(self._encode_word)

    def __len__(self) -> int:
        return len(self.vocabulary) + len(self.special)

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for part in SPECIAL_TOKEN.split(text):
            if part in self.special:
                ids.append(self.special[part])
            else:
                ids += (token for word in WORD.findall(part) for token in self._word(word))
        return ids

    def _encode_word(self, word: str) -> tuple[int, ...]:
        symbols = _symbols(word)
        while True:
            known = [pair for pair in zip(symbols, symbols[1:]) if pair in self.ranks]
            if not known:
                return tuple(self.vocabulary[symbol] for symbol in symbols)
            symbols = _merged(symbols, min(known, key=self.ranks.__getitem__))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.merges, ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        return cls([tuple(pair) for pair in json.loads(path.read_text())])

    def as_json(self) -> dict:
        """The contents of tokenizer.json."""
        flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [{"id": number, "content": token, **flags} for token, number in self.special.items()],
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": None,
            "decoder": byte_level,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": self.vocabulary,
                "merges": self.merges,
            },
        }
