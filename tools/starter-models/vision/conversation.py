"""What one training sequence says: turns of a chat about one picture, about two, or about none."""
from dataclasses import dataclass
from random import Random

from vision.other_questions import SYSTEM_PROMPTS, spelt, unknown_question
from vision.questions import NO_PICTURE, ONLY_SHAPES, ask, describe
from world.scene import Scene

CHARACTERS = 200  # of questions and answers in a conversation about one picture: even lengths need little padding
SYSTEM_PROMPT_SHARE = 0.12
SEPARATE_SHARE = 0.6  # of the conversations about one picture
# How often each kind of question is asked. With several shapes those that name one are the hard ones: they need a
# search, and with one shape in the picture they teach that none is needed.
ABOUT_ONE_SHAPE = {
    "describe": 4, "colour": 2, "shape": 2, "count": 2, "background": 1.5, "named colour": 2, "named shape": 2,
    "is there": 2.5, "is colour": 2.5, "how many": 1.5, "json": 1, "unknown": 1,
}  # fmt: skip
ABOUT_SEVERAL = ABOUT_ONE_SHAPE | {
    "colour": 5, "shape": 1.5, "count": 1.5, "named colour": 12, "named shape": 7, "is there": 7, "is colour": 5,
    "how many": 7,
}  # fmt: skip
WITHOUT_SHAPES = ("describe", "colour", "shape", "count", "background", "is there", "how many", "json", "unknown")


@dataclass(frozen=True)
class Turn:
    pictures: int  # shown in this turn
    kind: str  # of question: `unknown`, one of `questions.KINDS`, or about several pictures or none
    question: str
    answer: str


@dataclass
class Conversation:
    turns: list[Turn]
    system: str | None = None
    separate: bool = False
    """Whether each turn is to be answered as if it were the first, so that no answer can be read off another."""


def about_one(random: Random, scene: Scene) -> Conversation:
    turns: list[Turn] = []
    while sum(len(turn.question) + len(turn.answer) for turn in turns) < CHARACTERS:
        turns.append(_turn(random, scene, pictures=int(not turns)))
    if random.random() < SEPARATE_SHARE:
        return Conversation(turns, _system(random), separate=True)
    if random.random() < 0.15:
        turns.insert(0, _turn_without_picture(random))
    return Conversation(turns, _system(random))


def about_two(random: Random, first: Scene, second: Scene) -> Conversation:
    """Both pictures in one message, or the second in a later one."""
    if random.random() < 0.35:
        turns = [_turn(random, first, 1), _turn(random, first, 0), _turn(random, second, 1)]
        return Conversation(turns, _system(random))
    turns = [_turn_about_both(random, first, second, pictures=2 if i == 0 else 0) for i in range(2)]
    return Conversation(turns, _system(random), separate=random.random() < SEPARATE_SHARE)


def about_none(random: Random) -> Conversation:
    return Conversation([_turn_without_picture(random) for _ in range(random.randint(1, 3))], _system(random))


def _system(random: Random) -> str | None:
    return random.choice(SYSTEM_PROMPTS) if random.random() < SYSTEM_PROMPT_SHARE else None


def _turn(random: Random, scene: Scene, pictures: int) -> Turn:
    weights = ABOUT_SEVERAL if len(scene.shapes) > 1 else ABOUT_ONE_SHAPE
    kinds = list(weights) if scene.shapes else list(WITHOUT_SHAPES)
    kind = random.choices(kinds, [weights[kind] for kind in kinds])[0]
    if kind == "unknown":
        return Turn(pictures, kind, spelt(random, unknown_question(random)), ONLY_SHAPES)
    exchange = ask(random, kind, scene)
    return Turn(pictures, kind, spelt(random, exchange.question), exchange.answer)


def _turn_about_both(random: Random, first: Scene, second: Scene, pictures: int) -> Turn:
    noun = random.choice(("image", "picture"))
    which = random.choice(("first", "second", "both", "both"))
    if which == "both":
        question = random.choice(("Describe these {}s.", "Describe this {}.", "Describe the {}s.", "What do you see?"))
        answer = describe_both(first, second)
    else:
        question = f"Describe the {which} {{}}."
        answer = describe(first if which == "first" else second)
    return Turn(pictures, f"two pictures, {which}", spelt(random, question.format(noun)), answer)


def describe_both(first: Scene, second: Scene) -> str:
    return f"First: {describe(first)} Second: {describe(second)}"


def _turn_without_picture(random: Random) -> Turn:
    if random.random() < 0.3:
        return Turn(0, "no picture", spelt(random, unknown_question(random)), NO_PICTURE)
    scene = Scene("blue", ())
    kind = random.choice(WITHOUT_SHAPES[:-1])
    return Turn(0, "no picture", spelt(random, ask(random, kind, scene).question), NO_PICTURE)
