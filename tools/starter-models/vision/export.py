"""Writes the trained model as transformers.js loads it.

    python3 -m vision.export
"""
import argparse
import json
from pathlib import Path

import torch

from vision.graphs import export_decoder, export_embedding, export_vision
from vision.layout import files
from vision.model import VisionModel
from vision.shape import DATA, EXPORTED
from vision.tokenizer import Tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=EXPORTED)
    options = parser.parse_args()
    tokenizer = Tokenizer.load(options.data / "merges.json")
    model = VisionModel(len(tokenizer))
    model.load_state_dict(torch.load(options.data / "model.pt"))
    export(model.eval(), tokenizer, options.out)
    size = sum(file.stat().st_size for file in options.out.rglob("*") if file.is_file())
    print(f"{options.out}: {size:,} bytes")


def export(model: VisionModel, tokenizer: Tokenizer, folder: Path) -> None:
    graphs = folder / "onnx"
    graphs.mkdir(parents=True, exist_ok=True)
    export_embedding(model.decoder.embedding, graphs / "embed_tokens.onnx")
    export_vision(model.encoder, graphs / "vision_encoder.onnx")
    export_decoder(model.decoder, graphs / "decoder_model_merged.onnx")
    for name, contents in files(tokenizer).items():
        indent = None if name == "tokenizer.json" else 2
        (folder / name).write_text(json.dumps(contents, ensure_ascii=False, indent=indent) + "\n")


if __name__ == "__main__":
    main()
