"""The symbols the recogniser knows, in the order of dict.txt (which leaves out the CTC blank and the space)."""
from string import ascii_letters, punctuation

FRENCH_LOWER = "àâæçéèêëîïôœùûüÿ"
FRENCH_UPPER = FRENCH_LOWER.upper()
CYRILLIC_LOWER = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
CYRILLIC_UPPER = CYRILLIC_LOWER.upper()
TYPOGRAPHY = "«»“”„‘’–—…€£°№§©®±×·"

SYMBOLS = (
    "".join(chr(code) for code in range(33, 127))
    + FRENCH_LOWER + FRENCH_UPPER
    + CYRILLIC_LOWER + CYRILLIC_UPPER
    + TYPOGRAPHY
)  # fmt: skip

# PaddleOCR's order of classes: the CTC blank first, the dictionary, the space last.
BLANK = 0
CLASSES = len(SYMBOLS) + 2
CLASS_OF = {symbol: index for index, symbol in enumerate(SYMBOLS, start=1)} | {" ": CLASSES - 1}

LATIN = ascii_letters + FRENCH_LOWER + FRENCH_UPPER
CYRILLIC = CYRILLIC_LOWER + CYRILLIC_UPPER
SIGNS = punctuation + TYPOGRAPHY


def encode(text: str) -> list[int]:
    return [CLASS_OF[symbol] for symbol in text]


def decode(classes: list[int]) -> str:
    """Text of the best class at each step: repeats collapsed, blanks dropped."""
    letters = [c for c, before in zip(classes, [BLANK, *classes]) if c != before and c != BLANK]
    return "".join(" " if c == CLASSES - 1 else SYMBOLS[c - 1] for c in letters)
