"""Capitals, opposites, definitions, facts, yes-or-no questions, and what to say when the answer is not known."""
from random import Random

from starter_chat.randomness import Pool, ask, ask_in, invented_word
from starter_chat.skills.exchange import Exchange
from starter_chat.words.capitals import CAPITALS, CAPITALS_IN_THREE_LANGUAGES
from starter_chat.words.definitions import DEFINITIONS, DEFINITIONS_IN_THREE_LANGUAGES
from starter_chat.words.facts import COLORS_IN_THREE_LANGUAGES, LEGS, NO, OPPOSITES, SHAPES, SOUNDS, THING_COLORS, YES

CAPITAL_QUESTIONS = {
    "en": ("What is the capital of {c}?", "What's the capital of {c}?", "Capital of {c}?",
           "Tell me the capital of {c}.", "Name the capital of {c}.", "Which city is the capital of {c}?"),
    "fr": ("Quelle est la capitale {c} ?", "Donne-moi la capitale {c}."),
    "ru": ("Какая столица {c}?", "Назови столицу {c}.", "Столица {c}?"),
}
DEFINITION_QUESTIONS = {
    "en": ("What is {t}?", "What's {t}?", "Define {t}.", "Explain what {t} is.", "Can you explain {t}?",
           "Tell me about {t}.", "Explain {t} in one sentence."),
    "fr": ("Qu'est-ce que {t} ?", "C'est quoi {t} ?", "Explique {t}."),
    "ru": ("Что такое {t}?", "Объясни, что такое {t}.", "Расскажи, что такое {t}."),
}
COLOR_QUESTIONS = {
    "en": ("What color is {t}?",),
    "fr": ("De quelle couleur est {t_fr} ?",),
    "ru": ("Какого цвета {t_ru}?",),
}

NOT_KNOWN = {
    "en": "I don't know that. I am only a tiny test model.",
    "fr": "Je ne sais pas. Je suis un tout petit modèle de test.",
    "ru": "Я этого не знаю. Я маленькая тестовая модель.",
}
NOT_KNOWN_QUESTIONS = {
    "en": ("How do I fix my {x}?", "Who won the {x} yesterday?", "Why does the {x} need a {y}?",
           "Write a program that sorts {x}.", "Where can I buy a {x}?", "What do you think about {x}?",
           "Who invented the {x}?", "How many {x} are there in the {y}?", "When was the {x} built?",
           "Who is the president of {x}?", "Can you help me with my {x}?", "How long does it take to learn {x}?",
           "What should I do with a {x}?", "Why is {x} better than {y}?"),
    "fr": ("Comment réparer ma voiture ?", "Qui a gagné le match hier ?", "Pourquoi le prix monte-t-il ?",
           "Écris un programme pour moi.", "Que penses-tu de la politique ?"),
    "ru": ("Как починить машину?", "Кто выиграл матч вчера?", "Почему растут цены?", "Напиши программу.",
           "Что ты думаешь о политике?"),
}


def capital(rng: Random, pool: Pool, lang: str) -> Exchange:
    if lang == "en" and rng.random() < .6:
        country, city = rng.choice(list(CAPITALS.items()))
        asked = {"en": country}
        answers = {"en": f"The capital of {country} is {city}.", "short": city}
        for country_en, country_fr, country_ru, _, city_fr, city_ru in CAPITALS_IN_THREE_LANGUAGES:
            if country_en == country:
                answers.update(fr=f"La capitale {country_fr} est {city_fr}.", ru=f"Столица {country_ru}: {city_ru}.")
    else:
        country, country_fr, country_ru, city, city_fr, city_ru = rng.choice(CAPITALS_IN_THREE_LANGUAGES)
        asked = {"en": country, "fr": country_fr, "ru": country_ru}
        answers = {"en": f"The capital of {country} is {city}.", "fr": f"La capitale {country_fr} est {city_fr}.",
                   "ru": f"Столица {country_ru}: {city_ru}.", "short": city}
    return ask(rng, *CAPITAL_QUESTIONS[lang], c=asked[lang]), answers


def opposite(rng: Random, pool: Pool, lang: str) -> Exchange:
    word, other = rng.choice(OPPOSITES)
    question = ask(rng, "What is the opposite of {a}?", "What's the opposite of {a}?", "Opposite of {a}?",
                   "Give me the opposite of {a}.", "What is the opposite of \"{a}\"?", a=word)
    return question, {"en": f"The opposite of {word} is {other}.", "short": other}


def definition(rng: Random, pool: Pool, lang: str) -> Exchange:
    if lang == "en" and rng.random() < .6:
        topic, text = rng.choice(DEFINITIONS)
        asked = {"en": topic}
        answers = {"en": text}
        for topic_en, _, text_fr, _, text_ru in DEFINITIONS_IN_THREE_LANGUAGES:
            if topic_en == topic:
                answers.update(fr=text_fr, ru=text_ru)
    else:
        topic, topic_fr, text_fr, topic_ru, text_ru = rng.choice(DEFINITIONS_IN_THREE_LANGUAGES)
        asked = {"en": topic, "fr": topic_fr, "ru": topic_ru}
        answers = {"en": dict(DEFINITIONS)[topic], "fr": text_fr, "ru": text_ru}
    return ask(rng, *DEFINITION_QUESTIONS[lang], t=asked[lang]), answers


def fact(rng: Random, pool: Pool, lang: str) -> Exchange:
    kind = rng.random()
    if lang != "en" or kind < .12:
        thing, color, thing_fr, answer_fr, thing_ru, answer_ru = rng.choice(COLORS_IN_THREE_LANGUAGES)
        question = ask_in(rng, lang, COLOR_QUESTIONS, t=thing, t_fr=thing_fr, t_ru=thing_ru)
        return question, {"en": f"{_sentence_start(thing)} is {color}.", "fr": answer_fr, "ru": answer_ru,
                          "short": color}
    if kind < .45:
        thing, color = rng.choice(THING_COLORS)
        question = ask(rng, "What color is {t}?", "What colour is {t}?", "What is the color of {t}?",
                       "Which color is {t}?", t=thing)
        return question, {"en": f"{_sentence_start(thing)} is {color}.", "short": color}
    if kind < .65:
        shape, sides = rng.choice(SHAPES)
        question = ask(rng, "How many sides does {t} have?", "How many sides are there in {t}?", t=shape)
        return question, {"en": f"{_sentence_start(shape)} has {sides} sides.", "short": str(sides)}
    if kind < .85:
        animal, sound = rng.choice(SOUNDS)
        question = ask(rng, "What does a {t} say?", "What sound does a {t} make?", "What noise does a {t} make?",
                       t=animal)
        return question, {"en": f"A {animal} says {sound}.", "short": sound}
    animal, legs = rng.choice(LEGS)
    question = ask(rng, "How many legs does {t} have?", t=animal)
    return question, {"en": f"{_sentence_start(animal)} has {legs} legs.", "short": str(legs)}


def _sentence_start(text: str) -> str:
    return text[0].upper() + text[1:]


def yes_or_no(rng: Random, pool: Pool, lang: str) -> Exchange:
    kind = rng.random()
    if kind < .35:
        question, statement = rng.choice(YES)
        return ask(rng, "{q}?", q=question), {"en": f"Yes, {statement}.", "short": "Yes"}
    if kind < .7:
        question, statement = rng.choice(NO)
        return ask(rng, "{q}?", q=question), {"en": f"No, {statement}.", "short": "No"}
    a, b = rng.sample(range(0, 30), 2)
    if kind < .85:
        question = ask(rng, "Is {a} greater than {b}?", "Is {a} bigger than {b}?", "Is {a} more than {b}?", a=a, b=b)
        if a > b:
            return question, {"en": f"Yes, {a} is greater than {b}.", "short": "Yes"}
        return question, {"en": f"No, {a} is not greater than {b}.", "short": "No"}
    question = ask(rng, "Which is bigger, {a} or {b}?", "Which number is bigger: {a} or {b}?",
                   "What is bigger, {a} or {b}?", a=a, b=b)
    return question, {"en": f"{max(a, b)} is bigger than {min(a, b)}.", "short": str(max(a, b))}


def unknown(rng: Random, pool: Pool, lang: str) -> Exchange:
    kind = rng.random()
    if lang != "en":
        return ask(rng, *NOT_KNOWN_QUESTIONS[lang]), NOT_KNOWN
    if kind < .25:
        x = invented_word(rng, 2, 3).capitalize()
        question = ask(rng, "What is the capital of {x}?", "Capital of {x}?", x=x)
        return question, {"en": f"I don't know the capital of {x}."}
    if kind < .40:
        x = invented_word(rng, 2, 3)
        return ask(rng, "What is {x}?", "What is a {x}?", "Explain {x}.", x=x), NOT_KNOWN
    if kind < .52:
        x = pool.place()
        question = ask(rng, "What is the weather in {x}?", "How is the weather in {x} today?",
                       "What's the weather in {x}?", "What is the weather like in {x}?", x=x)
        return question, {"en": f"I don't know the weather in {x}."}
    if kind < .60:
        x = pool.place()
        question = ask(rng, "What time is it in {x}?", "What is the time in {x}?", x=x)
        return question, {"en": f"I don't know what time it is in {x}."}
    x, y = pool.word(), pool.word()
    return ask(rng, *NOT_KNOWN_QUESTIONS["en"], x=x, y=y), NOT_KNOWN
