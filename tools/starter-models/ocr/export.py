"""Writes the trained networks in the PaddleOCR layout: `python3 -m ocr.export` from tools/starter-models."""
import argparse
import json
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ocr.charset import CLASSES, SYMBOLS
from ocr.training.checkpoint import load_model
from ocr.networks.detector import Detector
from ocr.printing.quads import UNCLIP
from ocr.networks.recogniser import Recogniser
from ocr.train import DATA

OUT = Path(__file__).parents[3] / "models/starter/starter-ocr"
# The detector is unsure at the rims of kernels, which are much of a small one: its scores would lie close to box_thresh.
SHARPNESS = 2.0
# Names and values as in PaddleOCR's and RapidOCR's configurations.
CONFIG = {
    "model_type": "paddle-ocr",
    "channel_order": "BGR",
    "det": {
        "model": "det.onnx",
        "limit_type": "max",
        "limit_side_len": 960,
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
        "thresh": 0.3,
        "box_thresh": 0.6,
        "unclip_ratio": UNCLIP,
        "max_candidates": 1000,
        "min_size": 3,
    },
    "rec": {"model": "rec.onnx", "keys": "dict.txt", "image_shape": [3, 48, 320], "mean": 0.5, "std": 0.5},
}


class Probabilities(nn.Module):
    """What the runtime reads instead of logits: full-size kernel probabilities, or CTC class probabilities."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        logits = self.network(x)
        if logits.dim() == 3:
            return logits.softmax(-1)
        whole = F.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False)
        return (SHARPNESS * whole).sigmoid()


def write(network: nn.Module, path: Path, example: Tensor, output: str, axes: dict[str, dict[int, str]]) -> None:
    names = {"input_names": ["x"], "output_names": [output], "dynamic_axes": axes}
    torch.onnx.export(Probabilities(network).eval(), example, str(path), opset_version=14, **names)
    onnx.checker.check_model(str(path))
    print(f"{path} {path.stat().st_size / 1e6:.2f} MB")


def add_dictionary(path: Path) -> None:
    """The dictionary inside the model too, where RapidOCR looks for it."""
    model = onnx.load(str(path))
    model.metadata_props.add(key="character", value="\n".join(SYMBOLS))
    onnx.save(model, str(path))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--out", type=Path, default=OUT)
    args = options.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    detector = load_model(args.data / "detector.pt", Detector())
    recogniser = load_model(args.data / "recogniser.pt", Recogniser())
    whole = {0: "N", 2: "H", 3: "W"}
    write(detector, args.out / "det.onnx", torch.zeros(1, 3, 64, 96), "maps", {"x": whole, "maps": whole})
    line = {"x": {0: "N", 3: "W"}, "probabilities": {0: "N", 1: "T"}}
    write(recogniser, args.out / "rec.onnx", torch.zeros(2, 3, 48, 320), "probabilities", line)
    add_dictionary(args.out / "rec.onnx")
    (args.out / "dict.txt").write_text("".join(f"{symbol}\n" for symbol in SYMBOLS), "utf-8")
    (args.out / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n", "utf-8")
    assert CLASSES == len(SYMBOLS) + 2


if __name__ == "__main__":
    main()
