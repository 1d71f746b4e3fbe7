"""Texts for lines: words of three languages, numbers, addresses and plain random strings."""
from functools import lru_cache
from pathlib import Path
from random import Random

from ocr.charset import CYRILLIC, CYRILLIC_LOWER, CYRILLIC_UPPER, LATIN, SIGNS, SYMBOLS
from ocr.printing.figures import figure, identifier

LISTS = {
    "english": "/usr/share/dict/american-english",
    "french": "/usr/share/dict/french",
    "russian": "/usr/share/hunspell/ru_RU.dic",
}
# Frequent little words: a word list alone would make them as rare as any other.
LITTLE = {
    "english": "a I an the of to in is it on by or be at as was for with and not you that".split(),
    "french": "à y a de la le les un une et est en du des que qui ne pas sur l’ d’ où ou ça".split(),
    "russian": "и в не на я с что а то он как к по но из у за от о со для же бы все ещё её".split(),
}
LABELS = {
    "english": "Total,Date,Name,Invoice No.,Phone,Amount due,Price,Qty,Tel.,Address,Page,VAT,Order ID".split(","),
    "french": "Total TTC,Date,Prénom,Facture n°,Téléphone,À payer,Prix,Qté,Adresse,Reçu,Page,TVA,Référence".split(","),
    "russian": "Итого,Дата,Имя,Счёт №,Телефон,Сумма,Цена,Кол-во,Адрес,Страница,НДС,Заказ,Чек".split(","),
}
PAIRS = ("()", "[]", "{}", '""', "''", "“”", "‘’", "«»", "„“", "**", "<>", "//")
ENDS = ".,;:!?…"


@lru_cache(maxsize=None)
def words(language: str) -> list[str]:
    """The Debian word list; hunspell's begins with a count and has flags after a slash."""
    found = (line.split("/")[0].strip() for line in Path(LISTS[language]).read_text("utf-8").splitlines()[1:])
    known = set(SYMBOLS)
    return [word for word in found if word and known.issuperset(word)]


def line_text(random: Random, longest: int) -> str:
    """A line of at most `longest` symbols."""
    kind = random.random()
    if kind < 0.66:
        text = prose(random, random.choice(list(LISTS)), longest)
    elif kind < 0.78:
        text = " ".join(figure(random) for _ in range(random.choice((1, 1, 1, 2, 3))))
    elif kind < 0.86:
        text = labelled(random)
    else:
        text = _random_string(random, longest)
    return " ".join(text[:longest].split()) or random.choice(SYMBOLS)


def prose(random: Random, language: str, longest: int) -> str:
    """Words up to a length, in one of the ways people set them: a sentence, a title, capitals."""
    length = random.randint(1, longest)
    parts: list[str] = []
    while sum(map(len, parts)) + len(parts) < length:
        little = random.random() < 0.25
        parts.append(random.choice(LITTLE[language]) if little else random.choice(words(language)))
    text = " ".join(_decorate(random, language, word) for word in _cased(random, parts))
    return text.replace("’ ", "’").replace("...", "…")


def labelled(random: Random) -> str:
    """`Amount due: 1,250.00 €`"""
    language = random.choice(list(LABELS))
    label = random.choice(LABELS[language])
    label = label.upper() if random.random() < 0.2 else label
    colon = " : " if language == "french" else ": "
    value = random.choice(words(language)).capitalize() if random.random() < 0.2 else figure(random)
    return label + random.choice((colon, colon, " ", " — ", " = ")) + value


def _cased(random: Random, parts: list[str]) -> list[str]:
    style = random.random()
    if style < 0.5:
        return parts
    if style < 0.7:
        return [parts[0][0].upper() + parts[0][1:], *parts[1:]]
    if style < 0.82:
        return [part[0].upper() + part[1:] for part in parts]
    return [part.upper() for part in parts]


def _decorate(random: Random, language: str, word: str) -> str:
    """A word as it stands in a line: sometimes with a mark after it, in quotes, hyphenated or replaced by a number."""
    chance = random.random()
    if chance < 0.12:
        return word + random.choice(ENDS if random.random() < 0.5 else ",.")
    if chance < 0.17:
        left, right = random.choice(PAIRS)
        return left + word + right
    if chance < 0.19:
        return word + "-" + word[:6]
    if chance < 0.21:
        return random.choice("–—-&+=/|·")
    if chance < 0.25:
        latin = language != "russian"  # a lone Latin capital among Cyrillic ones could not be told from them
        return identifier(random) if latin and random.random() < 0.3 else str(random.randint(0, 9999))
    return word


def _random_string(random: Random, longest: int) -> str:
    """Symbols in no language's order, so that the network reads letters and does not guess words.

    A word keeps to one alphabet: nobody could tell the Latin `c` from the Cyrillic one otherwise.
    """
    pools = ["0123456789", "0123456789" + SIGNS, SIGNS]
    letters = random.choice((LATIN, LATIN, CYRILLIC, CYRILLIC_LOWER, CYRILLIC_UPPER))
    pools += [letters] * 4 + [letters + "0123456789" + SIGNS] * 2
    text = ""
    while len(text) < random.randint(1, min(longest, 24)):
        pool = random.choice(pools)
        text += "".join(random.choice(pool) for _ in range(random.randint(1, 9))) + " "
    return text.replace("...", "…")
