"""espeak's rendering of the evaluation sentences, analysed and spoken again by the vocoder: what it can do at best."""
import argparse
import wave
from pathlib import Path

import numpy as np
import torch

from voice.analysis import analyse
from voice.espeak import Espeak
from voice.make_data import EVALUATION_SENTENCES
from voice.settings import SAMPLE_RATE, WORK
from voice.vocoder import Vocoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=WORK / "copies")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    espeak, vocoder = Espeak(), Vocoder()
    for index, text in enumerate(EVALUATION_SENTENCES.read_text().splitlines()):
        features = analyse(espeak.speak(text).samples)
        parts = [torch.from_numpy(part)[None] for part in (features.pitch, features.envelope, features.noise)]
        write_wav(options.out / f"{index:02}.wav", vocoder(*parts, torch.tensor(0.0))[0].numpy())


def write_wav(path: Path, samples: np.ndarray) -> None:
    """16-bit mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
