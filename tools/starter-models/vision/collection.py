"""The pictures made for training, on disk: pixels as one array, scenes as one line each."""
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import numpy as np

from vision.pictures import any_scene, picture_of, random_aspect
from vision.shape import SIDE
from world.scene import Scene, Shape

PICTURES, SCENES = "pictures.npy", "scenes.jsonl"


@dataclass(frozen=True)
class Labelled:
    """What a picture shows. `aspect` is width over height before it was squashed; None if positions are unknown."""

    scene: Scene
    aspect: float | None


def make_collection(folder: Path, count: int, seed: int) -> None:
    random = Random(seed)
    write_collection(folder, (_made(random) for _ in range(count)), count)


def _made(random: Random) -> tuple[np.ndarray, Scene, float]:
    aspect = random_aspect(random)
    scene = any_scene(random, aspect)
    return picture_of(random, scene, aspect), scene, aspect


def write_collection(folder: Path, pictures: Iterable[tuple[np.ndarray, Scene, float | None]], count: int) -> None:
    """Pixels, scene and aspect of `count` pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, SIDE, SIDE, 3)
    pixels = np.lib.format.open_memmap(folder / PICTURES, mode="w+", dtype=np.uint8, shape=shape)
    with open(folder / SCENES, "w") as lines:
        for i, (picture, scene, aspect) in enumerate(pictures):
            pixels[i] = picture
            lines.write(json.dumps({"aspect": aspect, **asdict(scene)}) + "\n")
    pixels.flush()


class Collection:
    """Labelled pictures by number; pixels stay on disk until asked for."""

    def __init__(self, folder: Path) -> None:
        self.pixels = np.load(folder / PICTURES, mmap_mode="r")
        self.labels = [_labelled(json.loads(line)) for line in open(folder / SCENES)]

    def __len__(self) -> int:
        return len(self.labels)


def _labelled(line: dict) -> Labelled:
    shapes = tuple(Shape(**shape) for shape in line["shapes"])
    return Labelled(Scene(line["background"], shapes), line["aspect"])


def mirrored(labelled: Labelled) -> Labelled:
    """What the picture shows when left and right are exchanged: left to right is now the other way round."""
    scene = labelled.scene
    shapes = tuple(Shape(s.kind, s.colour, -s.x, s.y, s.radius, -s.angle) for s in reversed(scene.shapes))
    return Labelled(Scene(scene.background, shapes), labelled.aspect)
