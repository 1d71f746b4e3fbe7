"""Writes the trained networks and the vocoder as one Piper voice: `starter-voice.onnx` and its `.onnx.json`."""
import argparse
import json
from pathlib import Path

import onnx
import torch

from voice.lessons import Inventory, SpeakingLessons
from voice.losses import length_correction
from voice.reader import Reader
from voice.settings import ESPEAK_VOICE, EXPORTED, MODEL_ID, SAMPLE_RATE, WORK
from voice.speaker import Speaker
from voice.storage import compress
from voice.symbols import IDS, SYMBOLS, phoneme_id_map
from voice.voice_model import VoiceModel

OPSET = 15
INPUTS = ["input", "input_lengths", "scales"]
SCALES = {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=EXPORTED)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{MODEL_ID}.onnx"
    _write_onnx(load(options.data), path)
    (options.out / f"{MODEL_ID}.onnx.json").write_text(json.dumps(_config(), ensure_ascii=False, indent=2) + "\n")
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def load(folder: Path) -> VoiceModel:
    """The voice from the checkpoints and the lessons in `folder`."""
    inventory = Inventory.load(folder)
    reader, speaker = Reader(len(inventory.labels)), Speaker(len(inventory.phonemes))
    reader.load_state_dict(torch.load(folder / "reader.pt"))
    speaker.load_state_dict(torch.load(folder / "speaker.pt"))
    correction = length_correction(speaker, SpeakingLessons(folder))
    return VoiceModel(reader, speaker, inventory.labels, inventory.phonemes, correction).eval()


def _write_onnx(voice: VoiceModel, path: Path) -> None:
    example = torch.tensor([[IDS[symbol] for symbol in "^_a_ _b_c_._$"]])
    with torch.no_grad():
        torch.onnx.export(
            voice,
            (example, torch.tensor([example.shape[1]]), torch.tensor([0.0, 1.0, 0.0])),
            str(path),
            input_names=INPUTS,
            output_names=["output"],
            opset_version=OPSET,
            dynamic_axes={
                "input": {0: "batch_size", 1: "phonemes"},
                "input_lengths": {0: "batch_size"},
                "output": {0: "batch_size", 3: "time"},
            },
        )
    model = onnx.load(str(path))
    compress(model)
    onnx.checker.check_model(model)
    if [entry.name for entry in model.graph.input] != INPUTS:
        raise RuntimeError(f"the exporter dropped an input: {[entry.name for entry in model.graph.input]}")
    onnx.save(model, str(path))


def _config() -> dict:
    """As Piper's own voices have it."""
    return {
        "audio": {"sample_rate": SAMPLE_RATE, "quality": "low"},
        "espeak": {"voice": ESPEAK_VOICE},
        "inference": SCALES,
        "phoneme_type": "text",
        "phoneme_map": {},
        "phoneme_id_map": phoneme_id_map(),
        "num_symbols": len(SYMBOLS),
        "num_speakers": 1,
        "speaker_id_map": {},
        "language": {
            "code": "en_US",
            "family": "en",
            "region": "US",
            "name_native": "English",
            "name_english": "English",
            "country_english": "United States",
        },
        "dataset": "espeak-ng",
    }


if __name__ == "__main__":
    main()
