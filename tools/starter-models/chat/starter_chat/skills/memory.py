"""Things the user tells about themselves and asks for later in the conversation.

For each there is a pair: tell -> (question, answers, value told), and ask -> (question, answers), where the value is
None when it was never told.
"""
from collections.abc import Callable
from functools import partial
from random import Random

from starter_chat.randomness import Pool, ask, ask_in
from starter_chat.skills.exchange import Answers, Exchange
from starter_chat.words.everyday import ANIMALS, COLORS, COMMON, FOODS, SPORTS
from starter_chat.words.people_and_places import NAMES, PLACES
from starter_chat.words.split import words

Tell = Callable[[Random, Pool, str], tuple[str, Answers, str]]
Ask = Callable[[Random, str | None, str], Exchange]

TELL_NAME_QUESTIONS = {
    "en": ("My name is {n}.", "Hello, my name is {n}.", "Hi, I am {n}.", "I am {n}.", "Hi! My name is {n}.",
           "Call me {n}.", "My name is {n}", "My name's {n}.", "Hello! I'm {n}.",
           "Please remember that my name is {n}.", "My name is {n}. Remember it."),
    "fr": ("Je m'appelle {n}.", "Bonjour, je m'appelle {n}.", "Mon nom est {n}."),
    "ru": ("Меня зовут {n}.", "Привет, меня зовут {n}.", "Моё имя {n}."),
}
ASK_NAME_QUESTIONS = {
    "en": ("What is my name?", "What's my name?", "Do you remember my name?", "Who am I?", "Tell me my name.",
           "What was my name?", "Do you know my name?", "Can you tell me my name?", "What is my name"),
    "fr": ("Comment je m'appelle ?", "Quel est mon nom ?"),
    "ru": ("Как меня зовут?", "Ты помнишь моё имя?", "Какое у меня имя?"),
}
FAVORITES = {
    "color": COLORS,
    "food": FOODS,
    "animal": ANIMALS,
    "sport": SPORTS,
    "city": PLACES,
    "number": [str(number) for number in range(1, 100)],
    "word": COMMON,
    "name": NAMES,
    "drink": words("tea coffee milk juice water lemonade cocoa"),
    "fruit": words("apple banana cherry lemon orange peach pear plum grape mango"),
}
PETS = words("dog cat bird horse rabbit fish turtle")
SECRETS = ["secret word", "code", "password", "secret number", "magic word", "secret code", "room number"]


def tell_name(rng: Random, pool: Pool, lang: str) -> tuple[str, Answers, str]:
    name = pool.name_ru() if lang == "ru" and rng.random() < .7 else pool.name()
    question = ask_in(rng, lang, TELL_NAME_QUESTIONS, n=name)
    return question, {"en": f"Nice to meet you, {name}!", "fr": f"Enchanté, {name} !",
                      "ru": f"Приятно познакомиться, {name}!"}, name


def ask_name(rng: Random, name: str | None, lang: str) -> Exchange:
    question = ask_in(rng, lang, ASK_NAME_QUESTIONS)
    if name is None:
        return question, {"en": "I don't know your name yet.", "fr": "Je ne connais pas encore votre nom.",
                          "ru": "Я пока не знаю ваше имя."}
    return question, {"en": f"Your name is {name}.", "fr": f"Vous vous appelez {name}.", "ru": f"Вас зовут {name}.",
                      "short": name}


def _tell_city(rng: Random, pool: Pool, lang: str) -> tuple[str, Answers, str]:
    city = pool.place()
    question = ask(rng, "I live in {c}.", "I live in {c}", "I am living in {c} now.", "My home is in {c}.",
                   "I moved to {c}.", c=city)
    return question, {"en": f"OK, you live in {city}."}, city


def _ask_city(rng: Random, city: str | None, lang: str) -> Exchange:
    question = ask(rng, "Where do I live?", "Which city do I live in?", "What city do I live in?",
                   "Do you remember where I live?")
    if city is None:
        return question, {"en": "I don't know where you live yet."}
    return question, {"en": f"You live in {city}.", "short": city}


def _tell_favorite(rng: Random, pool: Pool, lang: str, kind: str) -> tuple[str, Answers, str]:
    value = rng.choice(FAVORITES[kind]) if rng.random() < .8 else pool.word()
    question = ask(rng, "My favorite {k} is {v}.", "My favorite {k} is {v}", "My favourite {k} is {v}.",
                   "Remember that my favorite {k} is {v}.", k=_spelling_of(rng, kind), v=value)
    return question, {"en": f"OK, your favorite {kind} is {value}."}, value


def _ask_favorite(rng: Random, value: str | None, lang: str, kind: str) -> Exchange:
    question = ask(rng, "What is my favorite {k}?", "What's my favorite {k}?", "What is my favourite {k}?",
                   "Do you remember my favorite {k}?", k=_spelling_of(rng, kind))
    if value is None:
        return question, {"en": f"I don't know your favorite {kind} yet."}
    return question, {"en": f"Your favorite {kind} is {value}.", "short": value}


def _spelling_of(rng: Random, kind: str) -> str:
    return "colour" if kind == "color" and rng.random() < .3 else kind


def _tell_age(rng: Random, pool: Pool, lang: str) -> tuple[str, Answers, str]:
    age = str(rng.randint(5, 99))
    question = ask(rng, "I am {a} years old.", "I'm {a} years old.", "My age is {a}.", a=age)
    return question, {"en": f"OK, you are {age} years old."}, age


def _ask_age(rng: Random, age: str | None, lang: str) -> Exchange:
    question = ask(rng, "How old am I?", "What is my age?", "Do you remember how old I am?")
    if age is None:
        return question, {"en": "I don't know how old you are yet."}
    return question, {"en": f"You are {age} years old.", "short": age}


def _tell_pet(rng: Random, pool: Pool, lang: str, pet: str) -> tuple[str, Answers, str]:
    name = pool.name()
    question = ask(rng, "I have a {p} named {n}.", "I have a {p} called {n}.", "My {p} is named {n}.",
                   "My {p}'s name is {n}.", p=pet, n=name)
    return question, {"en": f"OK, your {pet} is named {name}."}, name


def _ask_pet(rng: Random, name: str | None, lang: str, pet: str) -> Exchange:
    question = ask(rng, "What is the name of my {p}?", "What is my {p}'s name?", "What is my {p} called?", p=pet)
    if name is None:
        return question, {"en": f"I don't know the name of your {pet} yet."}
    return question, {"en": f"Your {pet} is named {name}.", "short": name}


def _tell_secret(rng: Random, pool: Pool, lang: str, secret: str) -> tuple[str, Answers, str]:
    value = str(rng.randint(1, 9999)) if "number" in secret else pool.code()
    question = ask(rng, "The {s} is {v}.", "The {s} is {v}", "Remember: the {s} is {v}",
                   "Remember that the {s} is {v}.", "Please remember the {s}: {v}", "Remember the {s} {v}",
                   s=secret, v=value)
    return question, {"en": f"OK, the {secret} is {value}."}, value


def _ask_secret(rng: Random, value: str | None, lang: str, secret: str) -> Exchange:
    question = ask(rng, "What is the {s}?", "What was the {s}?", "Tell me the {s}.", "Do you remember the {s}?",
                   "What's the {s}?", s=secret)
    if value is None:
        return question, {"en": f"I don't know the {secret} yet."}
    return question, {"en": f"The {secret} is {value}.", "short": value}


def memory_slot(rng: Random, lang: str) -> tuple[str, Tell, Ask]:
    """One thing to remember: its key, how it is told, how it is asked for. Only names are told in all languages."""
    if lang != "en":
        return "name", tell_name, ask_name
    kind = rng.random()
    if kind < .42:
        return "name", tell_name, ask_name
    if kind < .52:
        return "city", _tell_city, _ask_city
    if kind < .72:
        favorite = rng.choice(list(FAVORITES)) if rng.random() < .6 else "color"
        return ("favorite " + favorite, partial(_tell_favorite, kind=favorite), partial(_ask_favorite, kind=favorite))
    if kind < .79:
        return "age", _tell_age, _ask_age
    if kind < .87:
        pet = rng.choice(PETS)
        return "pet " + pet, partial(_tell_pet, pet=pet), partial(_ask_pet, pet=pet)
    secret = rng.choice(SECRETS)
    return "secret " + secret, partial(_tell_secret, secret=secret), partial(_ask_secret, secret=secret)
