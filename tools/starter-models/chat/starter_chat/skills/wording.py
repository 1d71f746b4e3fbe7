"""Work on the words themselves: translating, spelling, repeating."""
from random import Random

from starter_chat.randomness import Pool, ask, ask_in, invented_word
from starter_chat.skills.exchange import Exchange
from starter_chat.words.everyday import ANIMALS, CJK, COLORS, COMMON, COMMON_HELD_OUT, EMOJI, FOODS, OBJECTS
from starter_chat.words.translations import TRANSLATIONS

# English, French, Russian: the order of the columns of TRANSLATIONS
LANGUAGE_NAMES = ("English", "French", "Russian")
LANGUAGE_NAMES_FR = ("anglais", "français", "russe")
LANGUAGE_NAMES_RU = ("английский", "французский", "русский")
IN_LANGUAGE_RU = ("по-английски", "по-французски", "по-русски")
TRANSLATE_QUESTIONS = {
    "en": ("Translate {w} to {l}.", "Translate \"{w}\" to {l}.", "How do you say {w} in {l}?",
           "Translate '{w}' into {l}.", "Translate to {l}: {w}", "What is {w} in {l}?",
           "How do you say \"{w}\" in {l}?", "Translate the word {w} to {l}."),
    "fr": ("Traduis {w} en {l_fr}.", "Comment dit-on {w} en {l_fr} ?", "Traduis en {l_fr} : {w}"),
    "ru": ("Переведи на {l_ru}: {w}", "Как будет {w} {in_ru}?", "Переведи {w} на {l_ru}."),
}

SPELLED = [word for word in COMMON + ANIMALS + COLORS + FOODS + OBJECTS if len(word) > 1]
SPELLED_HELD_OUT = COMMON_HELD_OUT

ECHO_QUESTIONS = {
    "en": ("Repeat after me: {x}", "Repeat: {x}", "Say: {x}", "Echo: {x}", "Please repeat: {x}", "Repeat this: {x}",
           "Say {x}", "Repeat \"{x}\"", "Reply with exactly: {x}", "Say exactly: {x}", "Just say {x}", "Say \"{x}\".",
           "Reply only with: {x}", "Repeat the following: {x}", "Reply with the word {x}", "Echo {x}",
           "Repeat the text \"{x}\"."),
    "fr": ("Répète : {x}", "Répète après moi : {x}", "Dis : {x}"),
    "ru": ("Повтори: {x}", "Повтори за мной: {x}", "Скажи: {x}"),
}
ECHO_QUESTIONS_FOR_SEVERAL_WORDS = {
    **ECHO_QUESTIONS,
    "en": tuple(question.replace("Reply with the word", "Repeat the words") for question in ECHO_QUESTIONS["en"]),
}


def translate(rng: Random, pool: Pool, lang: str) -> Exchange:
    entry = rng.choice(TRANSLATIONS)
    source, target = rng.sample(range(3), 2)
    if lang == "en" and rng.random() < .6:
        source = 0
        target = rng.choice([1, 2])
    question = ask_in(rng, lang, TRANSLATE_QUESTIONS, w=entry[source], l=LANGUAGE_NAMES[target],
                      l_fr=LANGUAGE_NAMES_FR[target], l_ru=LANGUAGE_NAMES_RU[target], in_ru=IN_LANGUAGE_RU[target])
    answer = entry[target]
    return question, {"en": answer, "fr": answer, "ru": answer, "short": answer}


def spell(rng: Random, pool: Pool, lang: str) -> Exchange:
    if rng.random() < .75:
        word = rng.choice(SPELLED_HELD_OUT if pool.held_out else SPELLED)
    else:
        word = invented_word(rng, 1, 2)
    if rng.random() < .1:
        word = pool.name()
    question = ask(rng, "Spell {w}.", "Spell the word {w}.", "How do you spell {w}?", "Spell: {w}",
                   "Can you spell {w}?", "Spell the word \"{w}\".", w=word)
    return question, {"en": "-".join(word)}


def echo(rng: Random, pool: Pool, lang: str) -> Exchange:
    text = _text_to_repeat(rng, pool)
    templates = ECHO_QUESTIONS_FOR_SEVERAL_WORDS if " " in text else ECHO_QUESTIONS
    return ask_in(rng, lang, templates, x=text), {"en": text, "fr": text, "ru": text}


def _text_to_repeat(rng: Random, pool: Pool) -> str:
    kind = rng.random()
    if kind < .35:
        return " ".join(pool.word() for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 4, 6])))
    if kind < .50:
        return " ".join(invented_word(rng, 1, 3) for _ in range(rng.choice([1, 1, 2, 3])))
    if kind < .60:
        words = [pool.word() for _ in range(rng.randint(1, 5))]
        return " ".join(word.capitalize() if rng.random() < .5 else word for word in words)
    if kind < .68:
        return pool.code()
    if kind < .74:
        return pool.name() + rng.choice([" is here", " and " + pool.name(), " likes " + pool.word(), "!", ""])
    if kind < .80:
        return _foreign_word(rng) + rng.choice(["", " " + _foreign_word(rng)])
    if kind < .86:
        return _simple_sentence(rng, pool)
    if kind < .91:
        separator = rng.choice([", ", "; ", " / ", "-", "_", ".", ": ", " + ", "! ", "? "])
        return separator.join(pool.word() for _ in range(rng.randint(2, 4))) + rng.choice(["", "", "!", "?"])
    if kind < .95:
        return " ".join(str(rng.randint(0, 999)) for _ in range(rng.randint(1, 6)))
    if kind < .975:
        return "".join(rng.choice(EMOJI) for _ in range(rng.randint(1, 3)))
    return rng.choice(CJK) if rng.random() < .5 else pool.word() + " " + rng.choice(EMOJI)


def _foreign_word(rng: Random) -> str:
    return rng.choice(TRANSLATIONS)[rng.choice([1, 2])]


def _simple_sentence(rng: Random, pool: Pool) -> str:
    subject = rng.choice(["the", "my", "a", "one", "every"]) + " " + pool.word()
    verb = rng.choice(["is", "was", "likes", "sees", "and"])
    article = rng.choice(["the", "a", "my", ""])
    return f"{subject} {verb} {article} {pool.word()}".replace("  ", " ")
