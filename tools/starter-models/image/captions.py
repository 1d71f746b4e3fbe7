"""Captions of scenes: the phrase of the world, and the ways people vary it."""
from random import Random

from world.scene import Scene
from world.words import COLOURS, SHAPES, article

OPENINGS = (
    "draw", "please draw", "paint", "show", "show me", "make", "generate", "a picture of", "a drawing of",
    "an image of", "a picture with", "draw a picture of", "draw an image of",
)
BACKGROUNDS = (
    "on {a} background", "on {plain}", "on {plain} background", "on the {plain} background", "with {a} background",
    "against {a} background", ", {plain} background", "on {a} canvas",
)
ENDINGS = ("", "", "", ".", "!", " please")
SPARE = "a an and , . ! ; : ' - ? the of in to it is color colour"  # words and marks that a prompt may hold besides
NULL = ""  # the caption of the unconditional model


def words() -> list[str]:
    """Every word a caption may hold, each once."""
    text = " ".join((*OPENINGS, *BACKGROUNDS, *ENDINGS, *COLOURS, *SHAPES, SPARE))
    text = text.replace("{a}", "").replace("{plain}", "").replace(",", " , ").replace(".", " . ")
    return sorted(set(text.split()))


def unnamed_background(colours: list[str]) -> str:
    """The background of a caption that names none: white, or the first colour that shows the shapes."""
    return next(colour for colour in ("white", "black", "yellow", "blue") if colour not in colours)


def caption(random: Random, scene: Scene, named_background: bool = True) -> str:
    """The world's own phrase half of the time, otherwise a variant; the tokenizer takes care of capitals."""
    if named_background and random.random() < 0.5:
        return scene.phrase() + random.choice(ENDINGS)
    nouns = [f"{shape.colour} {shape.kind}" for shape in scene.shapes]
    if random.random() < 0.7:
        nouns = [article(noun) for noun in nouns]
    text = random.choice((" and ", ", ", " , and ")).join(nouns) if len(nouns) < 3 else _list_of_three(random, nouns)
    if random.random() < 0.5:
        text = f"{random.choice(OPENINGS)} {text}"
    if named_background:
        colour = scene.background
        text += " " + random.choice(BACKGROUNDS).format(a=article(colour), plain=colour)
    return text + random.choice(ENDINGS)


def _list_of_three(random: Random, nouns: list[str]) -> str:
    return random.choice(("{}, {} and {}", "{}, {}, and {}", "{} and {} and {}")).format(*nouns)
