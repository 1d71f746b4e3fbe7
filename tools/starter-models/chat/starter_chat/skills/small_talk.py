"""Greetings, thanks, goodbyes and small talk."""
from random import Random

from starter_chat.randomness import Pool, ask, ask_in
from starter_chat.skills.exchange import Exchange

GREETING_QUESTIONS = {
    "en": ("Hello", "Hello!", "Hi", "Hi!", "Hey", "Hello.", "Hi there", "Hello there!", "Good morning", "Good evening!",
           "Good morning!", "Good afternoon", "hello", "hi", "Hello, how can you help me?"),
    "fr": ("Bonjour", "Bonjour !", "Salut", "Salut !", "Bonsoir", "Bonjour!", "bonjour"),
    "ru": ("Привет", "Привет!", "Здравствуйте", "Здравствуйте!", "Добрый день", "Добрый день!", "привет"),
}
GREETING_ANSWERS = {
    "en": "Hello! How can I help you today?",
    "fr": "Bonjour ! Comment puis-je vous aider ?",
    "ru": "Привет! Чем я могу помочь?",
}

HOW_ARE_YOU_QUESTIONS = {
    "en": ("How are you?", "How are you doing?", "How are you today?", "How do you do?", "Hi, how are you?",
           "Hello, how are you?"),
    "fr": ("Comment allez-vous ?", "Ça va ?", "Comment vas-tu ?"),
    "ru": ("Как дела?", "Как у тебя дела?", "Как поживаешь?"),
}
HOW_ARE_YOU_ANSWERS = {"en": "I am fine, thank you!", "fr": "Je vais bien, merci !", "ru": "Хорошо, спасибо!"}

THANKS_QUESTIONS = {
    "en": ("Thank you", "Thanks!", "Thank you!", "Thanks a lot.", "Thank you very much.", "Thanks"),
    "fr": ("Merci", "Merci !", "Merci beaucoup."),
    "ru": ("Спасибо", "Спасибо!", "Большое спасибо."),
}
THANKS_ANSWERS = {"en": "You are welcome!", "fr": "De rien !", "ru": "Пожалуйста!"}

GOODBYE_QUESTIONS = {
    "en": ("Goodbye", "Bye", "Bye!", "Goodbye!", "See you later.", "Good night."),
    "fr": ("Au revoir", "Au revoir !", "Bonne nuit."),
    "ru": ("До свидания", "Пока", "Пока!", "До свидания!"),
}
GOODBYE_ANSWERS = {
    "en": "Goodbye! Have a nice day.",
    "fr": "Au revoir ! Bonne journée.",
    "ru": "До свидания! Хорошего дня.",
}

SMALL_TALK = [
    (("ping", "Ping", "Ping!", "ping!"), "pong"),
    (("Are you there?", "Are you ready?", "Can you hear me?"), "Yes, I am here."),
    (("What can you do?", "Help", "What can I ask you?", "How can you help me?"),
     "I can chat, remember what you tell me, repeat, count, spell, translate words, write JSON and tell stories."),
    (("Tell me a joke.", "Tell me something funny.", "Do you know a joke?"),
     "Why did the computer go to the doctor? It had a virus."),
    (("Good.", "Great!", "Nice.", "Very good.", "Well done!"), "I am glad to hear that!"),
    (("I am sad.", "I feel bad.", "I am tired."), "I am sorry to hear that."),
    (("Sorry", "Sorry!", "I am sorry."), "No problem!"),
]


def greeting(rng: Random, pool: Pool, lang: str) -> Exchange:
    return ask_in(rng, lang, GREETING_QUESTIONS), GREETING_ANSWERS


def how_are_you(rng: Random, pool: Pool, lang: str) -> Exchange:
    return ask_in(rng, lang, HOW_ARE_YOU_QUESTIONS), HOW_ARE_YOU_ANSWERS


def thanks(rng: Random, pool: Pool, lang: str) -> Exchange:
    return ask_in(rng, lang, THANKS_QUESTIONS), THANKS_ANSWERS


def goodbye(rng: Random, pool: Pool, lang: str) -> Exchange:
    return ask_in(rng, lang, GOODBYE_QUESTIONS), GOODBYE_ANSWERS


def small_talk(rng: Random, pool: Pool, lang: str) -> Exchange:
    questions, answer = rng.choice(SMALL_TALK)
    return ask(rng, *questions), {"en": answer}
