"""A CLIP tokenizer (lower-cased byte-level BPE with `</w>`) whose merges are learnt from the words of the captions."""
import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

START, END = "<|startoftext|>", "<|endoftext|>"
LENGTH = 77
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


def byte_symbols() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


SYMBOLS = byte_symbols()


def spell(word: str) -> tuple[str, ...]:
    symbols = [SYMBOLS[byte] for byte in word.encode()]
    return (*symbols[:-1], symbols[-1] + "</w>")


def join_pair(symbols: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    joined, i = [], 0
    while i < len(symbols):
        if symbols[i : i + 2] == pair:
            joined.append(pair[0] + pair[1])
            i += 2
        else:
            joined.append(symbols[i])
            i += 1
    return tuple(joined)


def learn_merges(words: list[str]) -> list[tuple[str, str]]:
    """Byte-pair encoding until each word is one token."""
    spelled, merges = [spell(word) for word in words], []
    while True:
        pairs = Counter(pair for symbols in spelled for pair in zip(symbols, symbols[1:]))
        if not pairs:
            return merges
        merges.append(min(pairs, key=lambda pair: (-pairs[pair], pair)))
        spelled = [join_pair(symbols, merges[-1]) for symbols in spelled]


class Tokenizer:
    def __init__(self, words: list[str]) -> None:
        self.merges = learn_merges(words)
        self.rank = {pair: i for i, pair in enumerate(self.merges)}
        singles = [SYMBOLS[byte] for byte in sorted(SYMBOLS)]
        tokens = [*singles, *(single + "</w>" for single in singles), *(a + b for a, b in self.merges), START, END]
        self.vocabulary = {token: i for i, token in enumerate(tokens)}
        self.start, self.end = self.vocabulary[START], self.vocabulary[END]
        self.encode_word = lru_cache(maxsize=4096)(self._encode_word)

    def _encode_word(self, word: str) -> list[int]:
        symbols = spell(word)
        while len(symbols) > 1:
            best = min(zip(symbols, symbols[1:]), key=lambda pair: self.rank.get(pair, len(self.rank)))
            if best not in self.rank:
                break
            symbols = join_pair(symbols, best)
        return [self.vocabulary[symbol] for symbol in symbols]

    def encode(self, text: str) -> list[int]:
        """77 ids: start, the text, end, then end again as padding."""
        ids = [i for word in WORD.findall(text.lower()) for i in self.encode_word(word)][: LENGTH - 2]
        return [self.start, *ids] + [self.end] * (LENGTH - 1 - len(ids))

    def save(self, folder: Path) -> None:
        """The four files that CLIPTokenizer of transformers reads."""
        folder.mkdir(parents=True, exist_ok=True)
        merges = "\n".join(" ".join(pair) for pair in self.merges)
        (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}\n")
        write_json(folder / "vocab.json", self.vocabulary)
        special = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
        write_json(folder / "special_tokens_map.json", special)
        config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "do_lower_case": True}
        config |= {"errors": "replace", "add_prefix_space": False}
        write_json(folder / "tokenizer_config.json", config | special)


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
