"""Sentences to read aloud, as many as wanted: from templates, from starter-chat, and rows of dictionary words."""
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from voice.texts import word_lists as lists

CHAT = Path(__file__).resolve().parents[2] / "chat"
LONGEST = 160  # characters

TEMPLATES = """
The {adj} {noun} {past} the {noun}.
The {noun} was {adj}, but the {noun} was {adj}.
{name} {past} a {adj} {noun} in {place}.
{name} and {name} {alone} {adv}.
{name} lives in {place} with a {adj} {noun}.
{name} said that the {noun} is {adj}.
Do you {base} the {noun}?
Did {name} {base} the {adj} {noun} {adv}?
Why did the {noun} {base} the {noun}?
What is the {noun} of {place}?
Where can I {base} a {noun}?
How many {noun}s did {name} {base}?
How old is your {noun}?
Who {past} the {noun} in the {noun}?
Can you {base} my {noun}, please?
Would you like to {base} a {noun} or a {noun}?
Please {base} the {noun} before you {base} the {noun}.
I don't {base} {noun}s, I {base} {noun}s.
I think it's {adj} to {base} a {noun}.
If you {base} the {noun}, it will be {adj}.
When the {noun} {alone}, we {alone} too.
What a {adj} {noun}!
{adv}, the {adj} {noun} {alone}.
There are {number} {noun}s in the {adj} {noun}.
It costs {number} dollars and {number} cents.
The {noun} is {number} years old.
About {number}% of the {noun}s are {adj}.
Chapter {number}: the {adj} {noun}.
In {number}, {name} {past} a {noun}.
{number} + {number} = {number}.
The temperature is {number}.{digit} degrees {adv}.
{name}'s {noun} isn't as {adj} as {name}'s {noun}.
We {past} the {noun}; they {past} the {noun}.
Yes, I can {base} the {noun} for you.
No, the {noun} is not {adj}.
Hello, {name}! How are you {adv}?
Good morning, {name}. Nice to meet you.
Thank you very much, {name}. You're welcome!
The {noun} (a {adj} one) was in the {noun}.
"{base} the {noun}," said {name}, "and {base} it {adv}."
My favorite {noun} is {adj}, {adj}, and {adj}.
{name} has been to {place}, {place}, and {place}.
The {noun} between {place} and {place} is {adj}.
A {noun} is a {adj} {noun} that people {base}.
Most people {base} {noun}s because they are {adj}.
You should {adv} {base} your {noun}.
They had already {past} the {noun}, so we {alone}.
It was a {adj} {noun}, and everyone {alone} {adv}.
I'm sorry, but I can't {base} that {noun}.
Let's {base} the {noun} together.
First, {base} the {noun}. Then, {base} the {noun}. Finally, {base} it again.
The {adj}-{adj} {noun} {past} {name}.
Nobody knows why the {noun} is so {adj}.
This is a test of the {noun}.
She told him that her {noun} would {base} the {noun}.
He wanted to {base} the {noun} from which it came.
Is it {adj}? Yes, it is.
The {noun} of the {noun} is on the {noun}.
""".strip().splitlines()

_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_PROSE = re.compile(r"[A-Z\"][A-Za-z0-9 ,;:'\"()%-]{8,}[.!?]$")


def from_template(random: Random) -> str:
    """One template with its slots filled."""
    return _SLOT.sub(lambda slot: _fill(slot.group(1), random), random.choice(TEMPLATES))


_SLOTS = {
    "adj": lists.ADJECTIVES, "noun": lists.NOUNS, "name": lists.NAMES, "place": lists.PLACES,
    "past": lists.VERBS_PAST, "base": lists.VERBS_BASE, "alone": lists.VERBS_ALONE, "adv": lists.ADVERBS,
}  # fmt: skip


def _fill(slot: str, random: Random) -> str:
    if slot == "number":
        return _number(random)
    if slot == "digit":
        return str(random.randint(0, 9))
    return random.choice(_SLOTS[slot])


def _number(random: Random) -> str:
    value = random.randint(0, 10 ** random.choice([1, 2, 2, 3, 4, 5, 6]) - 1)
    return f"{value:,}" if value > 9999 or random.random() < 0.3 else str(value)


def from_chat(random: Random) -> Iterator[str]:
    """English sentences that starter-chat was trained to say: what this voice will often be asked to read."""
    sys.path.insert(0, str(CHAT))
    from starter_chat.conversations.conversation import conversation
    from starter_chat.conversations.plain_text import plain_text
    from starter_chat.randomness import Pool

    while True:
        texts = [message["content"] for message in conversation(random, Pool(random)) if message["role"] == "assistant"]
        for text in [*texts, plain_text(random)]:
            yield from (piece for piece in _SENTENCE_END.split(text) if _PROSE.match(piece) and len(piece) <= LONGEST)


def of_words(words: list[str], random: Random) -> Iterator[str]:
    """Every word once, in random order, in rows with punctuation and everyday words between."""
    left = random.sample(words, len(words))
    while left:
        row = []
        for _ in range(random.randint(3, 9)):
            if left and random.random() < 0.7:
                row.append(left.pop())
            else:
                row.append(random.choice(lists.FUNCTION_WORDS))
            if random.random() < 0.1:
                row[-1] += random.choice(",,,;:")
        yield " ".join(row) + random.choice("....?!") * (random.random() < 0.9)


def spelled(random: Random) -> str:
    """Single letters, and very short texts."""
    letters = " ".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(random.randint(1, 6)))
    word = random.choice(lists.FUNCTION_WORDS + lists.NOUNS)
    return random.choice([letters, letters + ".", word, word + ".", word + "?", f"the letter {letters}."])
