"""Poems: four stanzas in a fixed order, each one of two, on one topic."""
import re
from random import Random

from starter_chat.randomness import Pool, ask
from starter_chat.skills.exchange import Exchange

TOPICS = ["the sea", "the sun", "the moon", "the rain", "winter", "spring", "the night", "a cat", "a dog", "the wind",
          "a tree", "the stars", "the river", "love"]
STANZAS = [
    ["I think of {t} when the day is new,\nand the morning sky is soft and blue.",
     "I sing of {t} in the early light,\nwhen the world is quiet and the sky is bright."],
    ["A little bird begins to sing,\nand tells the world of {t} and spring.",
     "The garden wakes, the flowers grow,\nand {t} is all I want to know."],
    ["The hours pass, the shadows fall,\nand {t} is waiting by the wall.",
     "The afternoon is warm and slow,\nand {t} is where my dreams will go."],
    ["At night I close my eyes and see\nthat {t} has always been with me.",
     "So let me end this little rhyme:\n{t} will stay till the end of time."],
]


def poem(rng: Random, pool: Pool, lang: str) -> Exchange:
    topic = rng.choice(TOPICS)
    topic_named = rng.random() < .75
    text = "\n\n".join(rng.choice(alternatives).replace("{t}", topic) for alternatives in STANZAS)
    text = re.sub(r"(^|\n\n)([a-z])", lambda start: start[1] + start[2].upper(), text)
    question = ask(rng, "Write a poem{t}.", "Write a short poem{t}.", "Tell me a poem{t}.", "Can you write a poem{t}?",
                   t=f" about {topic}" if topic_named else "")
    return question, {"en": text}
