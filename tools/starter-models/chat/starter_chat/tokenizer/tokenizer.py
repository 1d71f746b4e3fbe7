"""Text to token ids, cut exactly as llama.cpp cuts it."""
from typing import NamedTuple

from starter_chat.tokenizer.pieces import (
    CHUNK, FIRST_BYTE_ID, IM_END_ID, IM_START_ID, NORMAL, SPACE, Piece)

MOST_CACHED_CHUNKS = 400_000


class AnswerSpan(NamedTuple):
    """Where an answer, its end token included, stands among the token ids of a conversation."""
    skill: str
    start: int
    end: int


class EncodedChat(NamedTuple):
    ids: list[int]
    answered: list[bool]        # per id: whether the model has to produce it
    spans: list[AnswerSpan]


class Tokenizer:
    def __init__(self, pieces: list[Piece]):
        self.pieces = pieces
        self._ids = {piece.text: i for i, piece in enumerate(pieces) if piece.kind == NORMAL}
        self._cache: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        out = []
        for chunk in CHUNK.findall(text):
            ids = self._cache.get(chunk)
            if ids is None:
                ids = self._encode_chunk(chunk)
                if len(self._cache) < MOST_CACHED_CHUNKS:
                    self._cache[chunk] = ids
            out.extend(ids)
        return out

    def _encode_chunk(self, chunk: str) -> list[int]:
        chunk = chunk.replace(" ", SPACE)
        if chunk in self._ids:
            return [self._ids[chunk]]
        symbols = list(chunk)
        while (at := self._best_merge(symbols)) is not None:
            symbols[at:at + 2] = [symbols[at] + symbols[at + 1]]
        out = []
        for symbol in symbols:
            if symbol in self._ids:
                out.append(self._ids[symbol])
            else:
                out.extend(FIRST_BYTE_ID + byte for byte in symbol.encode("utf-8"))
        return out

    def _best_merge(self, symbols: list[str]) -> int | None:
        """Index of the first of the two symbols to merge next: best score, leftmost on ties, as llama.cpp does."""
        best_score, best_at = None, None
        for at in range(len(symbols) - 1):
            merged = self._ids.get(symbols[at] + symbols[at + 1])
            if merged is not None and (best_score is None or self.pieces[merged].score > best_score):
                best_score, best_at = self.pieces[merged].score, at
        return best_at

    def encode_chat(self, messages: list[dict[str, str]]) -> EncodedChat:
        """The messages in ChatML, as the model's chat template writes them."""
        ids, answered, spans = [], [], []
        for message in messages:
            head = [IM_START_ID] + self.encode(message["role"] + "\n")
            body = self.encode(message["content"]) + [IM_END_ID]
            is_answer = message["role"] == "assistant"
            ids += head
            answered += [False] * len(head)
            if is_answer:
                spans.append(AnswerSpan(message["skill"], len(ids), len(ids) + len(body)))
            ids += body + self.encode("\n")
            answered += [is_answer] * len(body) + [False]
        return EncodedChat(ids, answered, spans)
