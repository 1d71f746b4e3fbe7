"""Lists of things, and JSON made from a sentence."""
import json
from random import Random

from starter_chat.randomness import Pool, ask
from starter_chat.skills.exchange import Exchange
from starter_chat.words.everyday import CATEGORIES, NUMBER_WORDS
from starter_chat.words.split import words

JSON_QUESTIONS = ("Return JSON with {k}: {s}", "Extract {k} as JSON: {s}", "Return a JSON object with {k}: {s}",
                  "Give me JSON with {k}: {s}", "Extract the {k} and answer in JSON: {s}", "Extract JSON with {k}: {s}")
KEYS = words("name age city color price size id status count title country food level code user email type month year "
             "score")


def list_things(rng: Random, pool: Pool, lang: str) -> Exchange:
    category, items, number = _some_of_a_category(rng)
    if rng.random() < .3:
        question = ask(rng, "Make a bullet list of {n} {c}.", "Write a bullet list of {n} {c}.",
                       "Give me a bullet list of {n} {c}.", n=number, c=category)
        return question, {"en": "\n".join("- " + item for item in items)}
    question = ask(rng, "Name {n} {c}.", "List {n} {c}.", "Give me {n} {c}.", "Tell me {n} {c}.",
                   "Can you name {n} {c}?", n=number, c=category)
    return question, {"en": ", ".join(items)}


def _some_of_a_category(rng: Random) -> tuple[str, list[str], str]:
    """Category, its first 2 to 6 things, and how many they are, as a word or in digits."""
    category = rng.choice(list(CATEGORIES))
    count = rng.randint(2, 6)
    number = NUMBER_WORDS[count] if rng.random() < .6 else str(count)
    return category, CATEGORIES[category][:count], number


def json_from_text(rng: Random, pool: Pool, lang: str) -> Exchange:
    kind = rng.random()
    name, age, city = pool.name(), rng.randint(1, 99), pool.place()
    thing, price = pool.object(), rng.randint(1, 500)
    if kind < .30:
        text = rng.choice([f"{name} is {age} years old.", f"{name} is {age}.", f"My friend {name} is {age} years old.",
                           f"{name}, age {age}, is a student."])
        return ask(rng, *JSON_QUESTIONS, k="name and age", s=text), _json_answer({"name": name, "age": age})
    if kind < .48:
        text = rng.choice([f"{name} lives in {city}.", f"{name} is from {city}.", f"{name} works in {city}."])
        return ask(rng, *JSON_QUESTIONS, k="name and city", s=text), _json_answer({"name": name, "city": city})
    if kind < .60:
        text = rng.choice([f"{name} is {age} years old and lives in {city}.",
                           f"{name} lives in {city} and is {age} years old."])
        return (ask(rng, *JSON_QUESTIONS, k="name, age and city", s=text),
                _json_answer({"name": name, "age": age, "city": city}))
    if kind < .75:
        text = rng.choice([f"The {thing} costs {price} dollars.", f"The {thing} costs {price} euros.",
                           f"I paid {price} dollars for the {thing}.", f"A {thing} for {price} euros."])
        return (ask(rng, *JSON_QUESTIONS, k="product and price", s=text),
                _json_answer({"product": thing, "price": price}))
    if kind < .88:
        keys = rng.sample(KEYS, rng.randint(1, 4))
        values = [rng.randint(0, 999) if rng.random() < .4 else pool.word() for _ in keys]
        text = ", ".join(f"{key} {value}" for key, value in zip(keys, values))
        question = ask(rng, "Convert to JSON: {s}", "Turn this into JSON: {s}", "Write as JSON: {s}", s=text)
        return question, _json_answer(dict(zip(keys, values)))
    category, items, number = _some_of_a_category(rng)
    question = ask(rng, "Return a JSON array of {n} {c}.", "Give me a JSON array with {n} {c}.",
                   "Return JSON: an array of {n} {c}.", n=number, c=category)
    return question, _json_answer(items)


def _json_answer(value: dict | list) -> dict[str, str]:
    return {"en": json.dumps(value, ensure_ascii=False)}
