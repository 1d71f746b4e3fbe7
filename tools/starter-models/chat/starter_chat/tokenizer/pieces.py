"""The vocabulary: BPE with byte fallback, in the form llama.cpp calls "llama" (SPM).

Text is first cut into chunks: a run of letters, one digit, one sign, or a sign followed by a space; a space is a chunk
of its own. So a word has the same tokens wherever it stands, which is what lets a tiny model copy words it has never
seen.
"""
import re
from typing import NamedTuple

CHUNK = re.compile(r"[^\W\d_]+|[,.!?:;] |[\s\S]")
SIGNS_JOINED_WITH_A_SPACE = ",.!?:;"
SPACE = "▁"

# token types of GGUF
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6

UNKNOWN_ID, BOS_ID, PADDING_ID, IM_START_ID, IM_END_ID = range(5)
SPECIAL = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
FIRST_BYTE_ID = len(SPECIAL)
FIRST_TEXT_ID = FIRST_BYTE_ID + 256


class Piece(NamedTuple):
    """One token of the vocabulary; its place in the list of pieces is its id."""
    text: str
    score: float        # merges with a higher score are made first
    kind: int


def has_own_token(char: str) -> bool:
    """Whether a character can be a token of its own; all others are written as bytes."""
    code = ord(char)
    return 0x20 < code < 0x7F or 0xA0 < code < 0x180 or 0x400 <= code < 0x460


def fixed_pieces() -> list[Piece]:
    """The pieces that every vocabulary starts with: special tokens, the 256 bytes, space and signs with a space."""
    pieces = [Piece(text, 0.0, UNKNOWN if i == UNKNOWN_ID else CONTROL) for i, text in enumerate(SPECIAL)]
    pieces += [Piece(f"<0x{byte:02X}>", 0.0, BYTE) for byte in range(256)]
    pieces.append(Piece(SPACE, 0.0, NORMAL))
    pieces += [Piece(sign + SPACE, 0.0, NORMAL) for sign in SIGNS_JOINED_WITH_A_SPACE]
    return pieces
