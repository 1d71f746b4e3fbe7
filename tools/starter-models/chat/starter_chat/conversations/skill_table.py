"""Which skills there are, how often each is asked for, and in which languages."""
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from starter_chat.randomness import Pool
from starter_chat.skills.exchange import Exchange
from starter_chat.skills.general_knowledge import capital, definition, fact, opposite, unknown, yes_or_no
from starter_chat.skills.lists_and_json import json_from_text, list_things
from starter_chat.skills.poems import poem
from starter_chat.skills.reading import context, sentiment, summary
from starter_chat.skills.sequences import alphabet, arithmetic, count, days_and_months
from starter_chat.skills.small_talk import goodbye, greeting, how_are_you, small_talk, thanks
from starter_chat.skills.stories import story
from starter_chat.skills.wording import echo, spell, translate

ENGLISH = ("en",)
ALL_LANGUAGES = ("en", "fr", "ru")


class Skill(NamedTuple):
    weight: float       # how often, relative to the other skills
    name: str
    ask: Callable[[Random, Pool, str], Exchange]
    languages: tuple[str, ...]


SKILLS = [
    Skill(1.2, "greeting", greeting, ALL_LANGUAGES),
    Skill(.5, "how_are_you", how_are_you, ALL_LANGUAGES),
    Skill(.5, "thanks", thanks, ALL_LANGUAGES),
    Skill(.6, "small_talk", small_talk, ENGLISH),
    Skill(.5, "goodbye", goodbye, ALL_LANGUAGES),
    Skill(1.8, "capital", capital, ALL_LANGUAGES),
    Skill(4.0, "arithmetic", arithmetic, ALL_LANGUAGES),
    Skill(1.6, "count", count, ALL_LANGUAGES),
    Skill(1.0, "opposite", opposite, ENGLISH),
    Skill(2.2, "translate", translate, ALL_LANGUAGES),
    Skill(1.5, "define", definition, ALL_LANGUAGES),
    Skill(1.0, "days_months", days_and_months, ALL_LANGUAGES),
    Skill(1.0, "facts", fact, ALL_LANGUAGES),
    Skill(1.3, "yes_no", yes_or_no, ENGLISH),
    Skill(2.2, "spell", spell, ENGLISH),
    Skill(.5, "alphabet", alphabet, ENGLISH),
    Skill(.8, "list", list_things, ENGLISH),
    Skill(4.5, "echo", echo, ALL_LANGUAGES),
    Skill(2.2, "json", json_from_text, ENGLISH),
    Skill(.5, "sentiment", sentiment, ENGLISH),
    Skill(.8, "summary", summary, ENGLISH),
    Skill(1.6, "context", context, ENGLISH),
    Skill(1.2, "unknown", unknown, ALL_LANGUAGES),
    Skill(.5, "story", story, ALL_LANGUAGES),
    Skill(.25, "poem", poem, ENGLISH),
]

# Their answers are exact copies, documents or several sentences, which a style would spoil.
NOT_STYLED = {"json", "echo", "spell", "story", "poem", "list", "unknown"}
SHORT_FIXED_ANSWERS = ["greeting", "how_are_you", "thanks", "goodbye", "capital", "opposite", "facts", "yes_no",
                       "days_months", "arithmetic"]
ANSWERED_IN_ALL_LANGUAGES = ["greeting", "how_are_you", "thanks", "goodbye", "capital", "arithmetic", "count", "define",
                             "days_months", "facts"]
ANSWERED_IN_ONE_WORD = ["capital", "opposite", "facts", "yes_no", "arithmetic", "days_months", "sentiment", "alphabet"]
