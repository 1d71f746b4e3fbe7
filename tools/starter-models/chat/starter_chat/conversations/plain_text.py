"""Plain text without chat markup, so that bare completion prompts also give something sensible."""
from random import Random

from starter_chat.skills.stories import story_text
from starter_chat.words.capitals import CAPITALS
from starter_chat.words.definitions import DEFINITIONS
from starter_chat.words.facts import OPPOSITES


def plain_text(rng: Random) -> str:
    """A story, or four facts."""
    if rng.random() < .5:
        return story_text(rng, size=rng.choice(["short", "normal"]))
    facts = [f"The capital of {country} is {city}." for country, city in rng.sample(list(CAPITALS.items()), 3)]
    facts += [text for _, text in rng.sample(DEFINITIONS, 2)]
    facts += [f"The opposite of {word} is {other}." for word, other in rng.sample(OPPOSITES, 2)]
    rng.shuffle(facts)
    return " ".join(facts[:4])
