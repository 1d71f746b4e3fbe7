"""Answers that are read out of the prompt: sentiment, a summary, a fact from a context."""
from random import Random

from starter_chat.randomness import Pool, ask, invented_word
from starter_chat.skills.exchange import Exchange
from starter_chat.words.everyday import ANIMALS, COLORS, OBJECTS
from starter_chat.words.split import words

PRAISE = ("I love this {t}!", "This {t} is wonderful.", "What a great {t}!", "The {t} was excellent.",
          "I am very happy with the {t}.")
COMPLAINTS = ("I hate this {t}!", "This {t} is terrible.", "What an awful {t}!", "The {t} was horrible.",
              "I am very disappointed with the {t}.")
JUDGED_THINGS = words("movie book phone food hotel song game coffee car service day class")

VERBS = words("ran walked swam jumped slept played waited danced")
SCENES = ["in the park", "near the river", "on the beach", "under the bridge", "in the garden", "behind the house",
          "in the forest", "on the hill"]
ADJECTIVES = words("big small old young happy tired brave quiet funny clever hungry friendly")
REASONS = ["it was a sunny day", "it was late", "the weather was nice", "there was nothing else to do",
           "everybody was watching", "it was so much fun"]

ATTRIBUTES = words("price color owner weight code location name size")
CONTEXT_LAYOUTS = ["Context: {x}\nQuestion: {q}", "Context: {x}\n\nQuestion: {q}", "{x} {q}",
                   "Use this context: {x}\nQuestion: {q}", "{x}\n{q}"]


def sentiment(rng: Random, pool: Pool, lang: str) -> Exchange:
    positive = rng.random() < .5
    thing = rng.choice([*JUDGED_THINGS, pool.object()])
    text = rng.choice(PRAISE if positive else COMPLAINTS).replace("{t}", thing)
    question = ask(rng, "Is this positive or negative: {s}", "Positive or negative? {s}", "Classify the sentiment: {s}",
                   "What is the sentiment of: {s}", "Classify as positive or negative: {s}", s=text)
    answer = "positive" if positive else "negative"
    return question, {"en": answer, "short": answer}


def summary(rng: Random, pool: Pool, lang: str) -> Exchange:
    name, animal = pool.name(), rng.choice(ANIMALS)
    verb, scene = rng.choice(VERBS), rng.choice(SCENES)
    first, second = rng.sample(ADJECTIVES, 2)
    reason = rng.choice(REASONS)
    text = rng.choice([
        f"The {first} and {second} {animal} named {name} {verb} {scene} for a very long time because {reason}.",
        f"Because {reason}, the {first} {animal} named {name}, who was also {second}, {verb} {scene} all day.",
        f"Yesterday, the very {first} {animal} named {name} {verb} {scene} with many friends, and {reason}.",
    ])
    question = ask(rng, "Summarize: {s}", "Summarize this sentence: {s}", "Summarise: {s}",
                   "Summarize in a few words: {s}", "Make this shorter: {s}", s=text)
    return question, {"en": f"{name} the {animal} {verb} {scene}."}


def context(rng: Random, pool: Pool, lang: str) -> Exchange:
    """Answer from given facts (the shape of a retrieval prompt)."""
    attributes = rng.sample(ATTRIBUTES, rng.randint(1, 3))
    things = [pool.object() for _ in range(2)]
    facts = {(attribute, thing): _attribute_values(rng, pool)[attribute]
             for thing in things for attribute in attributes}
    chosen = rng.sample(list(facts), min(len(facts), rng.randint(1, 4)))
    text = " ".join(f"The {attribute} of the {thing} is {facts[attribute, thing]}." for attribute, thing in chosen)
    attribute, thing = rng.choice(chosen)
    question = ask(rng, "What is the {a} of the {t}?", "Tell me the {a} of the {t}.", a=attribute, t=thing)
    if rng.random() < .1:
        absent = rng.choice([thing for thing in OBJECTS if thing not in things])
        return (f"Context: {text}\nQuestion: What is the {attribute} of the {absent}?",
                {"en": f"The context does not say what the {attribute} of the {absent} is."})
    layout = rng.choice(CONTEXT_LAYOUTS)
    value = facts[attribute, thing]
    return (layout.replace("{x}", text).replace("{q}", question),
            {"en": f"The {attribute} of the {thing} is {value}.", "short": value})


def _attribute_values(rng: Random, pool: Pool) -> dict[str, str]:
    """A value for every attribute a thing can have."""
    return {
        "price": f"{rng.randint(1, 900)} {rng.choice(['dollars', 'euros'])}",
        "color": rng.choice(COLORS),
        "owner": pool.name(),
        "weight": f"{rng.randint(1, 99)} kg",
        "code": pool.code(),
        "location": pool.place(),
        "name": invented_word(rng).capitalize(),
        "size": rng.choice(["small", "medium", "large"]),
    }
