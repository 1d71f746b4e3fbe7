"""Takes pictures that starter-image drew as a second collection, `drawn`, beside the training pictures.

    node tools/starter-models/image/make_pictures.mjs --count 2000 --out data/pictures
    python3 -m vision.add_drawn --pictures ../../data/pictures
    python3 -m vision.train --resume --minutes 8 --rate 5e-4 --stages together --collections training drawn
"""
import argparse
import json
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from vision.collection import write_collection
from vision.pictures import squashed
from vision.shape import DATA
from world.scene import Scene, Shape


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True, help="a folder of PNG files with captions.json")
    parser.add_argument("--out", type=Path, default=DATA / "drawn")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    captions = json.loads((options.pictures / "captions.json").read_text())
    random = Random(options.seed)
    pictures = (_read(random, options.pictures / caption["file"], caption) for caption in captions)
    write_collection(options.out, pictures, len(captions))


def _read(random: Random, path: Path, caption: dict) -> tuple[np.ndarray, Scene, None]:
    """Pixels and scene; where the shapes are is not known, only their order."""
    shapes = tuple(Shape(shape["kind"], shape["colour"], 0, 0, 0, 0) for shape in caption["shapes"])
    return squashed(random, Image.open(path).convert("RGB")), Scene(caption["background"], shapes), None


if __name__ == "__main__":
    main()
