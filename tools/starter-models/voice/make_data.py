"""Lets espeak-ng say the corpus, and keeps what the two networks learn from. About ten minutes.

`reading.npz`: characters and what is said at each. `speaking.npz`: phonemes with durations, and the frames of their
sound. `inventory.json`: what the numbers in both stand for.
"""
import argparse
import json
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np

from voice.alignment import Aligner, Label
from voice.analysis import Features, analyse
from voice.espeak import Espeak, Phoneme, Speech
from voice.reading import Word, labels_of, spoken_text, timed_phonemes, words_of
from voice.settings import HOP, WORK
from voice.symbols import END, IDS, known_characters
from voice.texts.corpus import corpus

EVALUATION_SENTENCES = Path(__file__).parent / "evaluation_sentences.txt"
SPOKEN_TEXTS = 2400  # whose sound is kept: about two hours
WORDS_TO_ALIGN_BY = 20000
RAREST_LABEL = 3
SEED = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, help="only the first so many texts, to try things out")
    parser.add_argument("--spoken-texts", type=int, default=SPOKEN_TEXTS)
    parser.add_argument("--out", type=Path, default=WORK)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    espeak = Espeak()
    held_out = set(EVALUATION_SENTENCES.read_text().splitlines())
    texts = corpus(Random(SEED), held_out)[: options.texts]
    heard = _listen(espeak, texts)
    aligner = Aligner(_words_to_align_by(heard))
    lessons = {text: labels for text, words in heard.items() if (labels := _labels(text, words, aligner))}
    lessons = _without_rare_labels(lessons)
    labels = sorted({label for said in lessons.values() for label in said})
    phonemes = sorted({name for label in labels for name in label})
    inventory = {"labels": labels, "phonemes": phonemes}
    (options.out / "inventory.json").write_text(json.dumps(inventory))
    _save_reading(options.out / "reading.npz", lessons, labels)
    _save_speaking(options.out / "speaking.npz", espeak, list(lessons)[: options.spoken_texts], phonemes)
    print(f"{len(lessons)} of {len(texts)} texts, {len(labels)} labels, {len(phonemes)} phonemes")


def _listen(espeak: Espeak, texts: list[str]) -> dict[str, list[Word]]:
    """The words of each text that espeak gives a clear account of."""
    heard = {}
    for text in texts:
        spoken, _ = spoken_text(text)
        speech = espeak.speak(spoken)
        words = words_of(speech, spoken) if speech else None
        if words:
            heard[text] = words
    return heard


def _words_to_align_by(heard: dict[str, list[Word]]) -> list[tuple[str, Label]]:
    different = dict.fromkeys((word.letters, word.phonemes) for words in heard.values() for word in words)
    return [word for word in different if word[0]][:WORDS_TO_ALIGN_BY]


def _labels(text: str, words: list[Word], aligner: Aligner) -> list[Label] | None:
    return labels_of(words, spoken_text(text)[1], aligner)


def _without_rare_labels(lessons: dict[str, list[Label]]) -> dict[str, list[Label]]:
    """Rare labels are mostly misalignments; the texts that hold them are left out."""
    counts = Counter(label for labels in lessons.values() for label in labels)
    return {text: said for text, said in lessons.items() if all(counts[label] >= RAREST_LABEL for label in said)}


def _save_reading(path: Path, lessons: dict[str, list[Label]], labels: list[Label]) -> None:
    numbers = {label: index for index, label in enumerate(labels)}
    characters = [[IDS[c] for c in known_characters(text) + END] for text in lessons]
    said = [[numbers[label] for label in labels] for labels in lessons.values()]
    lengths = [len(row) for row in characters]
    np.savez(
        path,
        characters=np.array(_flat(characters), np.uint8),
        labels=np.array(_flat(said), np.int16),
        lengths=np.array(lengths, np.int32),
    )


def _save_speaking(path: Path, espeak: Espeak, texts: list[str], phonemes: list[str]) -> None:
    numbers = {name: index for index, name in enumerate(phonemes)}
    names: list[int] = []
    durations: list[np.ndarray] = []
    features: list[Features] = []
    lengths = []
    for text in texts:
        spoken, _ = spoken_text(text)
        speech = espeak.speak(spoken)
        timed = timed_phonemes(speech, words_of(speech, spoken))
        names += [numbers[phoneme.name] for phoneme in timed]
        durations.append(durations_of(timed, speech))
        features.append(analyse(speech.samples))
        lengths.append((len(timed), len(features[-1].pitch)))
    np.savez(
        path,
        phonemes=np.array(names, np.int16),
        durations=np.concatenate(durations),
        lengths=np.array(lengths, np.int32),  # [texts, 2]: phonemes, frames
        pitch=np.concatenate([f.pitch for f in features]).astype(np.float32),
        voiced=np.concatenate([f.voiced for f in features]),
        envelope=np.concatenate([f.envelope for f in features]).astype(np.float16),
        noise=np.concatenate([f.noise for f in features]).astype(np.float16),
    )


def durations_of(timed: list[Phoneme], speech: Speech) -> np.ndarray:
    """In frames, not rounded; the first phoneme takes what comes before it."""
    starts = [0, *(phoneme.start for phoneme in timed[1:]), len(speech.samples)]
    return (np.diff(starts) / HOP).astype(np.float32)


def _flat(rows: list[list[int]]) -> list[int]:
    return [item for row in rows for item in row]


if __name__ == "__main__":
    main()
