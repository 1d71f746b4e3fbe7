"""Learns a vocabulary from text by byte pair encoding."""
from collections import Counter, defaultdict

from starter_chat.tokenizer.pieces import CHUNK, NORMAL, Piece, fixed_pieces, has_own_token


def learn_pieces(texts: list[str], size: int) -> list[Piece]:
    """A vocabulary of `size` pieces."""
    chunks = Counter()
    for text in texts:
        chunks.update(CHUNK.findall(text))
    characters = _characters(chunks)
    pieces = fixed_pieces()
    merges = _merges(chunks, set(characters), size - len(pieces) - len(characters))
    pieces += [Piece(text, -float(i), NORMAL) for i, text in enumerate(merges, 1)]
    pieces += [Piece(text, -float(i), NORMAL) for i, text in enumerate(characters, len(merges) + 1)]
    return pieces


def _characters(chunks: Counter) -> list[str]:
    """The characters that get a token of their own, commonest first; all of printable ASCII is among them."""
    characters = Counter()
    for chunk, times in chunks.items():
        for char in chunk:
            if has_own_token(char):
                characters[char] += times
    for char in map(chr, range(0x21, 0x7F)):
        characters[char] += 1
    return [char for char, _ in characters.most_common()]


def _merges(chunks: Counter, known: set[str], wanted: int) -> list[str]:
    """The first `wanted` merged pieces, in the order byte pair encoding makes them.

    Only words are merged. Pair counts are kept up to date instead of counted anew: a merge touches few words.
    """
    words, frequencies = [], []
    for chunk, times in chunks.items():
        if len(chunk) > 1 and chunk[-1] != " " and all(map(has_own_token, chunk)):
            words.append(list(chunk))
            frequencies.append(times)
    counts, words_with = Counter(), defaultdict(set)

    def count_pairs(word: int) -> None:
        for pair in zip(words[word], words[word][1:]):
            counts[pair] += frequencies[word]
            words_with[pair].add(word)

    def uncount_pairs(word: int) -> None:
        for pair in zip(words[word], words[word][1:]):
            counts[pair] -= frequencies[word]
            words_with[pair].discard(word)

    for word in range(len(words)):
        count_pairs(word)
    merges = []
    while len(merges) < wanted:
        best = max(counts.items(), key=lambda item: (item[1], item[0]))[0]
        for word in list(words_with[best]):
            uncount_pairs(word)
            words[word] = _joined(words[word], best)
            count_pairs(word)
        counts.pop(best, None)
        text = best[0] + best[1]
        # Two merges can spell the same piece.
        if text not in known:
            known.add(text)
            merges.append(text)
    return merges


def _joined(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """The symbols with each occurrence of the pair made one symbol, from the left."""
    joined, at = [], 0
    while at < len(symbols):
        if tuple(symbols[at:at + 2]) == pair:
            joined.append(pair[0] + pair[1])
            at += 2
        else:
            joined.append(symbols[at])
            at += 1
    return joined
