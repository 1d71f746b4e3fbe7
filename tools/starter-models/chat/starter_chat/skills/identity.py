"""Who the assistant says it is."""
from random import Random

from starter_chat.randomness import ask_in
from starter_chat.skills.exchange import Exchange

NAME_WITHOUT_A_SYSTEM_PROMPT = "Starter"

WHO_QUESTIONS = {
    "en": ("Who are you?", "What are you?", "Tell me who you are.", "Introduce yourself."),
    "fr": ("Qui es-tu ?", "Qui êtes-vous ?"),
    "ru": ("Кто ты?", "Кто вы?"),
}
NAME_QUESTIONS = {
    "en": ("What is your name?", "What's your name?", "Tell me your name.", "What are you called?",
           "Do you have a name?"),
    "fr": ("Comment t'appelles-tu ?", "Quel est ton nom ?"),
    "ru": ("Как тебя зовут?", "Как вас зовут?"),
}


def identity(rng: Random, lang: str, given_name: str | None, uppercase: bool) -> Exchange:
    """Question and answers; `given_name` is what the system prompt calls the assistant, if it does."""
    who = rng.random() < .4
    question = ask_in(rng, lang, WHO_QUESTIONS if who else NAME_QUESTIONS)
    name = given_name or NAME_WITHOUT_A_SYSTEM_PROMPT
    if uppercase:
        return question, {"en": f"My name is {name}."}
    if who and not given_name:
        return question, {"en": f"I am {name}, a tiny test model.", "fr": f"Je suis {name}, un petit modèle de test.",
                          "ru": f"Я {name}, маленькая тестовая модель."}
    if who:
        return question, {"en": f"I am {name}.", "fr": f"Je suis {name}.", "ru": f"Я {name}."}
    return question, {"en": f"My name is {name}.", "fr": f"Je m'appelle {name}.", "ru": f"Меня зовут {name}.",
                      "short": name}
