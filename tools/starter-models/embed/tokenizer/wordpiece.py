"""WordPiece over lower-cased text without accents, the same as `BertTokenizer` in transformers.js."""
import unicodedata

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(len(SPECIAL))
PREFIX = "##"  # marks a piece that continues a word
ASCII_SYMBOLS = set("$+<=>^`|~")  # no punctuation to Unicode, but to BERT


def words_of(text: str) -> list[str]:
    """Splits at white space and around every punctuation mark, after lower-casing and stripping accents."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    kept = (char for char in decomposed if unicodedata.category(char) != "Mn")
    return "".join(f" {char} " if _stands_alone(char) else char for char in kept).split()


def _stands_alone(char: str) -> bool:
    """Punctuation marks and Chinese characters."""
    return char in ASCII_SYMBOLS or unicodedata.category(char).startswith("P") or "\u3400" <= char <= "\u9fff"


class WordPiece:
    """Greedy longest-match-first, word by word."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        self.ids = {piece: number for number, piece in enumerate(pieces)}
        self.known: dict[str, list[int]] = {}  # words met before

    def encode(self, text: str) -> list[int]:
        """The ids with [CLS] before and [SEP] after them."""
        ids = [CLS]
        for word in words_of(text):
            if word not in self.known:
                self.known[word] = self._encode_word(word)
            ids += self.known[word]
        return [*ids, SEP]

    def _encode_word(self, word: str) -> list[int]:
        """[UNK] if any of the word's characters is not in the vocabulary."""
        ids, start = [], 0
        while start < len(word):
            prefix = PREFIX if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self.ids), None)
            if end is None:
                return [UNK]
            ids.append(self.ids[prefix + word[start:end]])
            start = end
        return ids
