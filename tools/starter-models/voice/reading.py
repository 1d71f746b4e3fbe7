"""A text with what espeak says for each of its characters: the lesson for the reading network."""
from dataclasses import dataclass

from voice.alignment import Aligner, Label
from voice.espeak import PAUSE, Phoneme, Speech
from voice.symbols import END, LETTERS, MARKS, known_characters
from voice.texts.numbers import read_signs


@dataclass(frozen=True)
class Word:
    """A stretch of the spoken text from one word's start to the next one's, with what is said in it."""

    start: int
    text: str
    last: bool
    phonemes: Label
    pauses: bool

    @property
    def letters(self) -> str:
        return "".join(character for character in self.text if character in LETTERS)


def spoken_text(written: str) -> tuple[str, list[tuple[str, str]]]:
    """What espeak is given for a written text (numbers as words), and the readings it is made of."""
    readings = read_signs(known_characters(written))
    return "".join(said for _, said in readings), readings


def words_of(speech: Speech, text: str) -> list[Word] | None:
    """None where a pause falls inside a word's phonemes."""
    starts = [0, *speech.word_starts[1:], len(text)]
    words = []
    for index, (start, end) in enumerate(zip(starts, starts[1:])):
        names = [phoneme.name for phoneme in speech.phonemes if phoneme.word == index]
        said = [name for name in names if not name.startswith(PAUSE)]
        if names[: len(said)] != said:
            return None
        words.append(Word(start, text[start:end], end == len(text), tuple(said), len(names) > len(said)))
    return words


def labels_of(words: list[Word], readings: list[tuple[str, str]], aligner: Aligner) -> list[Label] | None:
    """One label a written character and one for the text's end; None where sounds have no letter to say them."""
    said: list[Label] = []
    for word in words:
        if word.phonemes and not word.letters:
            return None
        letters = iter(aligner.align(word.letters, word.phonemes) if word.letters else ())
        said += [next(letters) if character in LETTERS else () for character in word.text]
    said.append(())
    for word in words:
        if word.pauses:
            place, name = _pause(word)
            said[place] += (name,)
    labels, taken = [], 0
    for _, spoken in readings:
        labels.append(sum(said[taken : taken + len(spoken)], ()))
        taken += len(spoken)
    return [*labels, said[-1]]


def _pause(word: Word) -> tuple[int, str]:
    """Where in the spoken text the pause after this word stands; its name: `_` and the mark that makes it, if any."""
    marks = [index for index, character in enumerate(word.text) if character in MARKS]
    if marks:
        return word.start + marks[-1], PAUSE + word.text[marks[-1]]
    if word.last:
        return word.start + len(word.text), PAUSE + END
    return word.start + len(word.text) - 1, PAUSE


def timed_phonemes(speech: Speech, words: list[Word]) -> list[Phoneme]:
    """The phonemes with times, named as the labels name them: each run of pauses is one, named after its mark."""
    named: list[Phoneme] = []
    for phoneme in speech.phonemes:
        if not phoneme.name.startswith(PAUSE):
            named.append(phoneme)
        elif not (named and named[-1].name.startswith(PAUSE)):
            named.append(Phoneme(_pause(words[phoneme.word])[1], phoneme.word, phoneme.start))
    return named
