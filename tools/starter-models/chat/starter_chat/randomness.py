"""Random pieces of conversations: invented words, draws from the word lists, roughened questions.

Every draw comes from one `random.Random`, in a fixed order, so that a seed always gives the same text. Functions draw
pieces that they then leave unused where the published model's training text was drawn that way: leaving such a draw
out would change every conversation after it.
"""
from random import Random

from starter_chat.words.everyday import COMMON, COMMON_HELD_OUT, OBJECTS, OBJECTS_HELD_OUT
from starter_chat.words.people_and_places import (
    NAMES, NAMES_HELD_OUT, NAMES_RU, NAMES_RU_HELD_OUT, PLACES, PLACES_HELD_OUT)
from starter_chat.words.split import words

ONSETS = words("b br bl c ch cl d dr f fl fr g gl gr h j k kl l m n p pl pr qu r "
               "s sh sk sl sm sn sp st t th tr v w x y z")
VOWELS = words("a e i o u a e i o u ai ea oo ou")
CODAS = ["", "", "", "", "n", "r", "l", "s", "t", "m", "k", "d", "nd", "rt", "x", "p", "sh"]
CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def invented_word(rng: Random, low: int = 2, high: int = 3) -> str:
    """A pronounceable word of `low` to `high` syllables that (almost surely) does not exist."""
    return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(rng.randint(low, high)))


class Pool:
    """Names, places and words, from the training or from the held-out lists."""

    def __init__(self, rng: Random, held_out: bool = False):
        self.rng = rng
        self.held_out = held_out

    def name(self) -> str:
        if self.held_out:
            return self._listed_or_invented(NAMES_HELD_OUT, .6, 2)
        return self._listed_or_invented(NAMES, .6, 1)

    def name_ru(self) -> str:
        return self.rng.choice(NAMES_RU_HELD_OUT if self.held_out else NAMES_RU)

    def place(self) -> str:
        if self.held_out:
            return self._listed_or_invented(PLACES_HELD_OUT, .6, 2)
        return self._listed_or_invented(PLACES, .7, 2)

    def object(self) -> str:
        return self.rng.choice(OBJECTS_HELD_OUT if self.held_out else OBJECTS)

    def word(self) -> str:
        if self.rng.random() < .5:
            return invented_word(self.rng, 1, 3)
        return self.rng.choice(COMMON_HELD_OUT if self.held_out else COMMON)

    def code(self) -> str:
        """Something a person might ask to have remembered: a number, a word, or 3 to 6 letters and digits."""
        kind = self.rng.random()
        if kind < .4:
            return str(self.rng.randint(10, 99999))
        if kind < .7:
            return self.word()
        return "".join(self.rng.choice(CODE_SIGNS) for _ in range(self.rng.randint(3, 6)))

    def _listed_or_invented(self, listed: list[str], share_listed: float, fewest_syllables: int) -> str:
        if self.rng.random() < share_listed:
            return self.rng.choice(listed)
        return invented_word(self.rng, fewest_syllables, 3).capitalize()


def ask(rng: Random, *templates: str, **slots: object) -> str:
    """One of the templates, sometimes roughened the way people type, with each "{slot}" filled in."""
    text = rng.choice(templates)
    roughness = rng.random()
    if roughness < .10:
        text = text[0].lower() + text[1:]
    elif roughness < .15:
        text = text.lower()
    if rng.random() < .10 and text[-1] in "?.":
        text = text[:-1].rstrip()
    for slot, value in slots.items():
        text = text.replace("{" + slot + "}", str(value))
    return text


def ask_in(rng: Random, lang: str, templates: dict[str, tuple[str, ...]], **slots: object) -> str:
    """The question in `lang`; one is drawn for every language of `templates` (language -> its templates)."""
    drawn = {language: ask(rng, *questions, **slots) for language, questions in templates.items()}
    return drawn[lang]
