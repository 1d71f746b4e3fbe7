"""Unseen pictures and what is asked about them, as a file that evaluate.mjs reads."""
import json
from pathlib import Path
from random import Random

from vision.other_questions import unknown_question
from vision.pictures import random_aspect, size_of
from vision.questions import KINDS, ONLY_SHAPES, ask
from vision.svg import svg
from world.scene import Scene, random_scene

CASES = 210
SHORTER_SIDES = (64, 768)
QUESTIONS = 3  # besides "Describe this image."
FORMATS = ("png", "png", "jpeg", "webp")


def write_cases(path: Path, seed: int) -> None:
    random = Random(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    cases = [_case(random, number) for number in range(CASES)]
    path.write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")


def _case(random: Random, number: int) -> dict:
    aspect = random_aspect(random)
    scene = random_scene(random, 1 + number % 3, aspect)
    width, height = size_of(random, aspect, SHORTER_SIDES)
    kinds = [kind for kind in [*KINDS, "unknown"] if kind != "describe"]
    asked = [kinds[(QUESTIONS * number + i) % len(kinds)] for i in range(QUESTIONS)]
    return {
        "shapes": len(scene.shapes),
        "format": random.choice(FORMATS),
        "svg": svg(scene, width, height),
        "questions": [_described(scene), *(_question(random, kind, scene) for kind in asked)],
    }


def _described(scene: Scene) -> dict:
    return {"kind": "describe", "question": "Describe this image.", "answer": scene.sentence()}


def _question(random: Random, kind: str, scene: Scene) -> dict:
    if kind == "unknown":
        return {"kind": kind, "question": unknown_question(random), "answer": ONLY_SHAPES}
    exchange = ask(random, kind, scene)
    return {"kind": kind, "question": exchange.question, "answer": exchange.answer}
