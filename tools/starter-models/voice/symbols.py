"""The characters that the voice reads, and their numbers, as Piper's `text` voices have them."""
import unicodedata

PAD, START, END = "_", "^", "$"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
MARKS = ".,;:!?"
CHARACTERS = " " + LETTERS + DIGITS + MARKS + "'\"-()%&+="
SYMBOLS = [PAD, START, END, *CHARACTERS]
IDS = {symbol: index for index, symbol in enumerate(SYMBOLS)}

# Characters that are read as another one is.
ALIKE = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": ",", "—": ",", "…": ".",
    "\n": " ", "\t": " ", "/": " ", "\u00a0": " ", "[": "(", "]": ")",
}  # fmt: skip


def phoneme_id_map() -> dict[str, list[int]]:
    """The table of the voice's json file. (Piper calls a text voice's characters phonemes too.)"""
    alike = {character: [IDS[other]] for character, other in ALIKE.items()}
    return {symbol: [index] for symbol, index in IDS.items()} | alike


def known_characters(text: str) -> str:
    """The text as the network sees it: lower case, accents dropped, unknown characters skipped."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in (ALIKE.get(c, c) for c in decomposed) if c in CHARACTERS)
