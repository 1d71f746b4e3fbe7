"""Questions about a scene and their answers, word for word. An answer is None where a question does not fit."""
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from world.scene import Scene, Shape
from world.words import COLOURS, NUMBERS, SHAPES, article

ONLY_SHAPES = "I can only describe simple shapes."
NO_PICTURE = "Please send me a picture of simple shapes."
NO_SHAPES = "There are no shapes."

DESCRIBE = (
    "Describe this image.", "Describe this picture.", "Describe the image.", "Describe the picture.",
    "What is in this picture?", "What is in this image?", "What is in the picture?", "What's in this image?",
    "What do you see?", "What can you see?", "What do you see in this picture?", "What does this picture show?",
    "Describe what you see.", "Caption this image.", "Describe this image in one sentence.",
    "Please describe this image in detail.", "What is this?",
)  # fmt: skip
AS_JSON = (
    "Describe this image as JSON.", "Describe this picture as JSON.", "Describe the picture in JSON.",
    "What is in this picture? Answer in JSON.", "Answer as JSON: what do you see?",
)  # fmt: skip
COLOUR = (
    "What colour is the shape?", "What colour is it?", "What colours are the shapes?", "Which colour is the shape?",
    "What is the colour of the shape?", "Name the colour of the shape.", "What colour is this shape?",
)  # fmt: skip
SHAPE = (
    "What shape is it?", "What shape is this?", "Which shape is it?", "What shapes are there?",
    "What shape do you see?", "Name the shape.", "Which shapes are in the picture?", "What shape is in the picture?",
)  # fmt: skip
COUNT = (
    "How many shapes are there?", "How many shapes do you see?", "How many shapes are in this picture?",
    "Count the shapes.", "How many shapes?", "How many things are in the picture?",
)  # fmt: skip
BACKGROUND = (
    "What colour is the background?", "What is the background colour?", "Which colour is the background?",
    "What is the colour of the background?", "Name the background colour.", "And the background?",
)  # fmt: skip
NAMED_COLOUR = (
    "What colour is the {kind}?", "Which colour is the {kind}?", "What is the colour of the {kind}?",
    "Name the colour of the {kind}.",
)  # fmt: skip
NAMED_SHAPE = ("What shape is {colour}?", "Which shape is {colour}?", "What is the {colour} shape?")
IS_THERE = (
    "Is there {a_kind}?", "Is there {a_kind} in this picture?", "Do you see {a_kind}?", "Can you see {a_kind}?",
    "Does the picture show {a_kind}?",
)  # fmt: skip
IS_COLOUR = ("Is the {kind} {colour}?", "Is the {kind} in the picture {colour}?", "Is this {kind} {colour}?")
HOW_MANY = ("How many {kinds} are there?", "How many {kinds} do you see?", "Count the {kinds}.")

NOT_SHAPES = ("dog", "cat", "car", "person", "house", "tree", "bird", "face", "table", "flower")


@dataclass(frozen=True)
class Exchange:
    kind: str
    question: str
    answer: str


def ask(random: Random, kind: str, scene: Scene) -> Exchange:
    """A question of one kind in a random wording, properly spelt."""
    question, answer = KINDS[kind](random, scene)
    return Exchange(kind, question, answer)


def describe(scene: Scene) -> str:
    return scene.sentence() if scene.shapes else f"{_capital(article(f'plain {scene.background}'))} background."


def as_json(scene: Scene) -> str:
    shapes = [{"shape": shape.kind, "colour": shape.colour} for shape in scene.shapes]
    return json.dumps({"shapes": shapes, "background": scene.background}, separators=(",", ":"))


def listed(nouns: list[str]) -> str:
    """`Red, blue and green.`"""
    return _capital(nouns[0] if len(nouns) == 1 else ", ".join(nouns[:-1]) + " and " + nouns[-1]) + "."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _colours(shapes: list[Shape]) -> str:
    """Every colour once, from left to right."""
    return listed(list(dict.fromkeys(shape.colour for shape in shapes)))


def _yes(holds: bool) -> str:
    return "Yes." if holds else "No."


def _plain(wordings: tuple[str, ...], answer: Callable[[Scene], str]) -> Callable[[Random, Scene], tuple[str, str]]:
    return lambda random, scene: (random.choice(wordings), answer(scene))


def _likely(random: Random, present: list[str], every: tuple[str, ...]) -> str:
    """Something in the picture, half of the time, else anything."""
    return random.choice(present) if present and random.random() < 0.5 else random.choice(every)


def _likely_kind(random: Random, scene: Scene) -> str:
    return _likely(random, [shape.kind for shape in scene.shapes], SHAPES)


def _named_colour(random: Random, scene: Scene) -> tuple[str, str]:
    kind = random.choice([shape.kind for shape in scene.shapes] * 3 + [random.choice(SHAPES)])
    found = [shape for shape in scene.shapes if shape.kind == kind]
    answer = _colours(found) if found else f"There is no {kind}."
    return random.choice(NAMED_COLOUR).format(kind=kind), answer


def _named_shape(random: Random, scene: Scene) -> tuple[str, str]:
    colour = random.choice([shape.colour for shape in scene.shapes] * 3 + [random.choice(list(COLOURS))])
    found = [article(shape.kind) for shape in scene.shapes if shape.colour == colour]
    answer = listed(found) if found else f"There is no {colour} shape."
    return random.choice(NAMED_SHAPE).format(colour=colour), answer


def _is_there(random: Random, scene: Scene) -> tuple[str, str]:
    style = random.random()
    kind, colour = _likely_kind(random, scene), None
    if style < 0.1:
        kind = random.choice(NOT_SHAPES)
    elif style < 0.4:
        colour = _likely(random, [shape.colour for shape in scene.shapes], tuple(COLOURS))
    holds = any(shape.kind == kind and colour in (None, shape.colour) for shape in scene.shapes)
    noun = article(f"{colour} {kind}" if colour else kind)
    return random.choice(IS_THERE).format(a_kind=noun), _yes(holds)


def _is_colour(random: Random, scene: Scene) -> tuple[str, str]:
    kind = _likely_kind(random, scene)
    found = [shape.colour for shape in scene.shapes if shape.kind == kind]
    colour = _likely(random, found, tuple(COLOURS))
    return random.choice(IS_COLOUR).format(kind=kind, colour=colour), _yes(colour in found)


def _how_many(random: Random, scene: Scene) -> tuple[str, str]:
    kind = _likely_kind(random, scene)
    count = sum(shape.kind == kind for shape in scene.shapes)
    kinds = kind + ("es" if kind.endswith("s") else "s")
    return random.choice(HOW_MANY).format(kinds=kinds), _capital(NUMBERS[count]) + "."


def _all_colours(scene: Scene) -> str:
    return _colours(list(scene.shapes)) if scene.shapes else NO_SHAPES


def _all_shapes(scene: Scene) -> str:
    return listed([article(shape.kind) for shape in scene.shapes]) if scene.shapes else NO_SHAPES


KINDS: dict[str, Callable[[Random, Scene], tuple[str, str]]] = {
    "describe": _plain(DESCRIBE, describe),
    "colour": _plain(COLOUR, _all_colours),
    "shape": _plain(SHAPE, _all_shapes),
    "count": _plain(COUNT, lambda scene: _capital(NUMBERS[len(scene.shapes)]) + "."),
    "background": _plain(BACKGROUND, lambda scene: f"{_capital(scene.background)}."),
    "named colour": _named_colour,
    "named shape": _named_shape,
    "is there": _is_there,
    "is colour": _is_colour,
    "how many": _how_many,
    "json": _plain(AS_JSON, as_json),
}
