"""Arithmetic, counting, the calendar and the alphabet."""
from random import Random
from string import ascii_uppercase

from starter_chat.randomness import Pool, ask, ask_in
from starter_chat.skills.exchange import Exchange
from starter_chat.words.facts import DAYS, DAYS_FR, DAYS_RU, MONTHS

OPERATION_WORDS = {
    "+": {"w": "plus", "w_fr": "plus", "w_ru": "плюс"},
    "-": {"w": "minus", "w_fr": "moins", "w_ru": "минус"},
    "*": {"w": "times", "w_fr": "fois", "w_ru": "умножить на"},
}
ARITHMETIC_QUESTIONS = {
    "en": ("What is {a} {o} {b}?", "What is {a} {w} {b}?", "What's {a} {o} {b}?", "{a} {o} {b}", "{a}{o}{b}",
           "{a} {o} {b} = ?", "{a}{o}{b}=", "Calculate {a} {o} {b}.", "How much is {a} {w} {b}?",
           "Compute {a} {o} {b}.", "What is {a}{o}{b}?"),
    "fr": ("Combien font {a} {o} {b} ?", "Combien font {a} {w_fr} {b} ?", "Calcule {a} {o} {b}."),
    "ru": ("Сколько будет {a} {o} {b}?", "Сколько будет {a} {w_ru} {b}?", "Посчитай {a} {o} {b}."),
}

COUNT_DOWN_QUESTIONS = {
    "en": ("Count down from {a}.", "Count down from {a} to 1.", "Count backwards from {a}."),
    "fr": ("Compte à rebours à partir de {a}.",),
    "ru": ("Посчитай обратно от {a}.",),
}
COUNT_TO_QUESTIONS = {
    "en": ("Count to {b}.", "Please count to {b}.", "Can you count to {b}?", "Count up to {b}."),
    "fr": ("Compte jusqu'à {b}.",),
    "ru": ("Посчитай до {b}.", "Считай до {b}."),
}
COUNT_FROM_QUESTIONS = {
    "en": ("Count from {a} to {b}.", "List the numbers from {a} to {b}."),
    "fr": ("Compte de {a} à {b}.",),
    "ru": ("Посчитай от {a} до {b}.",),
}
LONG_COUNTS = [40, 50, 60, 80, 100, 100, 120, 150, 200]

DAYS_QUESTIONS = {
    "en": ("List the days of the week.", "What are the days of the week?", "Name the days of the week."),
    "fr": ("Quels sont les jours de la semaine ?", "Cite les jours de la semaine."),
    "ru": ("Назови дни недели.", "Какие есть дни недели?"),
}
DAY_AFTER_QUESTIONS = {
    "en": ("What day comes after {d}?", "Which day comes after {d}?", "What is the day after {d}?"),
    "fr": ("Quel jour vient après {d_fr} ?",),
    "ru": ("Какой день идёт после: {d_ru}?",),
}


def arithmetic(rng: Random, pool: Pool, lang: str) -> Exchange:
    operation = rng.choice("++++---*")
    if operation == "+":
        a, b = rng.randint(0, 20), rng.randint(0, 20)
        result = a + b
    elif operation == "-":
        a, b = rng.randint(0, 20), rng.randint(0, 20)
        a, b = max(a, b), min(a, b)
        result = a - b
    else:
        a, b = rng.randint(0, 10), rng.randint(0, 10)
        result = a * b
    question = ask_in(rng, lang, ARITHMETIC_QUESTIONS, a=a, b=b, o=operation, **OPERATION_WORDS[operation])
    return question, {**_same_in_all_languages(f"{a} {operation} {b} = {result}"), "short": str(result)}


def _same_in_all_languages(text: str) -> dict[str, str]:
    return {"en": text, "fr": text, "ru": text}


def count(rng: Random, pool: Pool, lang: str, allow_long: bool = True) -> Exchange:
    kind = rng.random()
    if allow_long and kind < .07:
        first, last = 1, rng.choice(LONG_COUNTS)
    elif kind < .6:
        first, last = 1, rng.randint(2, 30)
    elif kind < .85:
        first = rng.randint(0, 40)
        last = first + rng.randint(2, 20)
    else:
        first, last = rng.randint(3, 20), 1
    if last < first:
        templates = COUNT_DOWN_QUESTIONS
        numbers = range(first, last - 1, -1)
    else:
        templates = COUNT_TO_QUESTIONS if first == 1 and rng.random() < .7 else COUNT_FROM_QUESTIONS
        numbers = range(first, last + 1)
    question = ask_in(rng, lang, templates, a=first, b=last)
    return question, _same_in_all_languages(", ".join(map(str, numbers)))


def days_and_months(rng: Random, pool: Pool, lang: str) -> Exchange:
    kind = rng.random()
    if kind < .3:
        question = ask_in(rng, lang, DAYS_QUESTIONS)
        return question, {"en": ", ".join(DAYS), "fr": ", ".join(DAYS_FR), "ru": ", ".join(DAYS_RU)}
    if lang != "en" or kind < .65:
        day = rng.randrange(7)
        after = (day + 1) % 7
        question = ask_in(rng, lang, DAY_AFTER_QUESTIONS, d=DAYS[day], d_fr=DAYS_FR[day], d_ru=DAYS_RU[day])
        return question, {"en": f"{DAYS[after]} comes after {DAYS[day]}.",
                          "fr": f"Après {DAYS_FR[day]} vient {DAYS_FR[after]}.",
                          "ru": f"После: {DAYS_RU[after]}.", "short": DAYS[after]}
    if kind < .72:
        question = ask(rng, "List the months of the year.", "What are the months of the year?",
                       "Name the twelve months.")
        return question, {"en": ", ".join(MONTHS)}
    sequence, what = (DAYS, "day") if rng.random() < .35 else (MONTHS, "month")
    at, way = rng.randrange(len(sequence)), rng.choice(("before", "after"))
    other = sequence[(at + (1 if way == "after" else -1)) % len(sequence)]
    question = ask(rng, "What {k} comes {w} {d}?", "Which {k} comes {w} {d}?", "What is the {k} {w} {d}?",
                   k=what, w=way, d=sequence[at])
    return question, {"en": f"{other} comes {way} {sequence[at]}.", "short": other}


def alphabet(rng: Random, pool: Pool, lang: str) -> Exchange:
    if rng.random() < .2:
        question = ask(rng, "Say the alphabet.", "Recite the alphabet.", "What is the alphabet?",
                       "List the letters of the alphabet.")
        return question, {"en": " ".join(ascii_uppercase)}
    at = rng.randrange(1, 25)
    step, way = rng.choice(((1, "after"), (-1, "before")))
    letter, other = ascii_uppercase[at], ascii_uppercase[at + step]
    question = ask(rng, "What letter comes {w} {a}?", "Which letter comes {w} {a}?", "What is the letter {w} {a}?",
                   w=way, a=letter)
    return question, {"en": f"{other} comes {way} {letter}.", "short": other}
