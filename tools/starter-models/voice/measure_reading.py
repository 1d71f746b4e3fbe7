"""How often the reading network says another phoneme than espeak-ng: in torch, from its checkpoint."""
import argparse
from pathlib import Path

import torch

from voice.espeak import PAUSE, STRESS_MARKS, Espeak
from voice.export import load
from voice.lessons import Inventory, ReadingLessons
from voice.make_data import EVALUATION_SENTENCES
from voice.reading import spoken_text, timed_phonemes, words_of
from voice.settings import WORK
from voice.symbols import END, IDS, SYMBOLS, known_characters
from voice.voice_model import VoiceModel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=WORK)
    parser.add_argument("--show", action="store_true", help="print the sentences that differ")
    options = parser.parse_args()
    voice, inventory = load(options.data), Inventory.load(options.data)
    sentences = EVALUATION_SENTENCES.read_text().splitlines()
    espeak = Espeak()
    evaluated = [(text, _truth(espeak, text)) for text in sentences]
    for name, texts in (("evaluation sentences", evaluated), ("held-out texts", _held_out_texts(options.data))):
        _report(name, [(text, _said(voice, inventory, text), truth) for text, truth in texts], options.show)


def _said(voice: VoiceModel, inventory: Inventory, text: str) -> list[str]:
    ids = torch.tensor([[IDS[character] for character in known_characters(text) + END]])
    phonemes, counts = voice.read(ids, torch.tensor([ids.shape[1]]))
    return [inventory.phonemes[index] for index in phonemes[0, : counts[0]]]


def _truth(espeak: Espeak, text: str) -> list[str]:
    spoken, _ = spoken_text(text)
    speech = espeak.speak(spoken)
    return [phoneme.name for phoneme in timed_phonemes(speech, words_of(speech, spoken))]


def _held_out_texts(folder: Path) -> list[tuple[str, list[str]]]:
    lessons, inventory = ReadingLessons(folder), Inventory.load(folder)
    texts = []
    for row in lessons.held_out:
        characters = lessons.characters.padded(row[None], torch.long)[0]
        labels = lessons.labels.padded(row[None], torch.long)[0]
        text = "".join(SYMBOLS[index] for index in characters[:-1])
        texts.append((text, [name for label in labels for name in inventory.labels[label]]))
    return texts


def _report(name: str, rows: list[tuple[str, list[str], list[str]]], show: bool) -> None:
    """Phoneme error rate with and without stress marks; pauses do not count."""
    plain_errors = errors = total = 0
    for text, said, truth in rows:
        said, truth = _without_pauses(said), _without_pauses(truth)
        errors += edit_distance(said, truth)
        plain_errors += edit_distance(_without_stress(said), _without_stress(truth))
        total += len(truth)
        if show and said != truth:
            print(f"{text}\n  said   {' '.join(said)}\n  espeak {' '.join(truth)}")
    print(f"{name}: phoneme error rate {plain_errors / total:.2%}, with stress {errors / total:.2%} ({total} phonemes)")


def edit_distance(a: list[str], b: list[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def _without_pauses(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(PAUSE)]


def _without_stress(names: list[str]) -> list[str]:
    return [name.lstrip(STRESS_MARKS) for name in names]


if __name__ == "__main__":
    with torch.no_grad():
        main()
