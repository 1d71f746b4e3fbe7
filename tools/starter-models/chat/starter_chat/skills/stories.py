"""Stories.

Their pieces are random on purpose, so that sampling gives variety; their order is fixed, so that greedy decoding moves
forward and ends instead of looping.
"""
from random import Random

from starter_chat.randomness import Pool, ask, ask_in
from starter_chat.skills.exchange import Exchange
from starter_chat.words.everyday import ANIMALS
from starter_chat.words.people_and_places import NAMES
from starter_chat.words.split import words
from starter_chat.words.translations import TRANSLATIONS

STORY_PIECES = {
    "adjective": words("little brave clever kind curious young shy cheerful"),
    "home": ["in a quiet forest", "near a blue lake", "in a small village", "on a green hill", "by the sea",
             "in an old tower"],
    "pastime": ["sing songs", "count the stars", "read old books", "climb trees", "bake bread", "watch the clouds"],
    "found": ["a golden key", "an old map", "a silver coin", "a strange letter", "a tiny door", "a magic lamp"],
    "where": ["under a tree", "behind a stone", "near the river", "inside a cave", "on the road", "in the garden"],
    "feeling": words("happy surprised excited proud hopeful"),
    "friend": ["an old owl", "a small mouse", "a gray wolf", "a friendly bear", "a lost duck", "a wise turtle",
               "a funny frog", "a white rabbit"],
    "said": ["Follow me", "Do not be afraid", "I know the way", "Let us go together", "Look at the sky",
             "Listen to the wind"],
    "did": ["walked through the forest", "crossed the wide river", "climbed the high mountain",
            "shared some warm bread", "looked for the treasure", "sang a happy song", "built a small boat",
            "slept under the stars"],
    "ending": ["And everyone was happy.", "It was the best day ever.", "From that day, nobody was alone.",
               "And the stars smiled all night."],
}
MEETING_MARKS = ["First", "Then", "After that", "Next", "Later", "Soon after", "In the evening", "The next day"]
LAST_MEETING_MARK = "At last"
MEETINGS = {"normal": 2, "long": 7, "very long": 9}

STORY_QUESTIONS = {
    "fr": ("Raconte-moi une histoire.", "Raconte une histoire."),
    "ru": ("Расскажи историю.", "Расскажи мне сказку."),
}
HOMES_FR = ["Il vivait dans la forêt.", "Il vivait près de la mer.", "Il vivait sur une colline."]
HOMES_RU = ["Он жил в лесу.", "Он жил у моря.", "Он жил на холме."]
ANIMALS_WITH_A_TRANSLATION = 14     # the first rows of TRANSLATIONS


def story_text(rng: Random, hero: str | None = None, name: str | None = None, size: str = "normal") -> str:
    """An English story; `size` is "short" or one of MEETINGS."""
    hero, name = hero or rng.choice(ANIMALS), name or rng.choice(NAMES[:60])
    left = {kind: pieces[:] for kind, pieces in STORY_PIECES.items()}
    for pieces in left.values():
        rng.shuffle(pieces)
    opening = [f"Once upon a time, there was a {left['adjective'].pop()} {hero} named {name}.",
               f"{name} lived {left['home'].pop()} and liked to {left['pastime'].pop()}.",
               f"One day, {name} found {left['found'].pop()} {left['where'].pop()}."]
    if size == "short":
        return " ".join(opening + [f"{name} was very {left['feeling'].pop()}.", "The end."])
    rest = []
    for mark in [*MEETING_MARKS[:MEETINGS[size] - 1], LAST_MEETING_MARK]:
        friend, said, did = (left[kind].pop() if left[kind] else rng.choice(STORY_PIECES[kind])
                             for kind in ("friend", "said", "did"))
        the_friend = "the " + friend.split(" ", 1)[1]
        rest.append(f"{mark}, {name} met {friend}. \"{said},\" said {the_friend}. {name} and {the_friend} {did}.")
        if size == "very long":
            rest.append(f"{name} felt {rng.choice(STORY_PIECES['feeling'])} and thanked {the_friend}.")
    rest.append(f"In the end, {name} went home and told the story to all the friends. {left['ending'].pop()} The end.")
    if size == "normal":
        return " ".join(opening + rest)
    # Paragraphs, so that long output has line breaks too.
    return " ".join(opening) + "\n\n" + "\n\n".join(rest)


def story(rng: Random, pool: Pool, lang: str) -> Exchange:
    if lang != "en":
        return _story_in_french_or_russian(rng, lang)
    size = rng.choices(["short", "normal", "long", "very long"], [3, 5, 1.5, .5])[0]
    hero = rng.choice(ANIMALS) if rng.random() < .6 else None
    name = pool.name() if hero and rng.random() < .5 else None
    about = ""
    if hero:
        article = "an" if hero[0] in "aeiou" else "a"
        about = f" about {article} {hero}" + (f" named {name}" if name else "")
    question = ask(rng, "Tell me a {d}story{t}.", "Write a {d}story{t}.", "Can you tell me a {d}story{t}?",
                   "Please tell me a {d}story{t}.", d="" if size == "normal" else size + " ", t=about)
    return question, {"en": story_text(rng, hero, name, size)}


def _story_in_french_or_russian(rng: Random, lang: str) -> Exchange:
    animal, home = rng.randrange(ANIMALS_WITH_A_TRANSLATION), rng.randrange(3)
    _, animal_fr, animal_ru = TRANSLATIONS[animal]
    french = (f"Il était une fois un petit animal : {animal_fr}. {HOMES_FR[home]}"
              " Un jour, il trouva une clé dorée sous un arbre. Il rencontra un ami et ils partirent ensemble."
              " Le soir, ils rentrèrent à la maison. Fin.")
    russian = (f"Жил-был маленький зверь: {animal_ru}. {HOMES_RU[home]}"
               " Однажды он нашёл под деревом золотой ключ. Он встретил друга, и они пошли вместе."
               " Вечером они вернулись домой. Конец.")
    question = ask_in(rng, lang, STORY_QUESTIONS)
    return question, {"en": story_text(rng, ANIMALS[animal]), "fr": french, "ru": russian}
