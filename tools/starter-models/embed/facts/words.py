"""What can fill a slot of a fact. A value is a tuple of ways to say it: ("car", "automobile")."""
from pathlib import Path
from random import Random

from embed.facts.numbers import ages, amounts, clock_times, counts, measures

Value = tuple[str, ...]


def _read_values(path: Path) -> dict[str, list[Value]]:
    """The lists of `values.txt` by type."""
    found: dict[str, list[Value]] = {}
    for block in path.read_text("utf-8").split("\n\n")[1:]:
        slot_type, values = block.split(":", 1)
        found[slot_type] = [tuple(value.strip().split("|")) for value in " ".join(values.split()).split(",")]
    return found


# The type's name is what templates' slots refer to.
VALUES: dict[str, list[Value]] = {
    **_read_values(Path(__file__).parent / "values.txt"),
    "number": counts(),
    "age": ages(),
    "amount": amounts(),
    "time": clock_times(),
    "minutes": measures("minutes", range(5, 100, 5)),
    "distance": measures("kilometres|kilometers|km", range(10, 1000, 30)),
    "degrees": measures("degrees", range(1, 40)),
}

# What a hard negative that changes a slot of this type is counted as.
NUMBER_TYPES = {"number", "age", "amount", "time", "minutes", "distance", "degrees", "weekday", "day", "month"}
PLACE_TYPES = {"city", "place", "building", "workplace"}


def kind_of(slot_type: str) -> str:
    """`person`, `place`, `number` or `thing`."""
    if slot_type == "person":
        return "person"
    if slot_type in PLACE_TYPES:
        return "place"
    return "number" if slot_type in NUMBER_TYPES else "thing"


def draw_value(random: Random, slot_type: str) -> Value:
    """A value of the list; now and then a made-up name, so that names outside the lists mean something too."""
    if slot_type == "person" and random.random() < 0.25 or slot_type == "city" and random.random() < 0.15:
        return (made_up_word(random).capitalize(),)
    return random.choice(VALUES[slot_type])


LATIN = ("bcdfghjklmnprstvwz", "aeiou")
CYRILLIC = ("бвгдзклмнпрстфхцчш", "аеиоуыя")


def made_up_word(random: Random) -> str:
    """Two or three syllables, one time in six in Cyrillic."""
    consonants, vowels = CYRILLIC if random.random() < 1 / 6 else LATIN
    syllables = [random.choice(consonants) + random.choice(vowels) for _ in range(random.choice((2, 2, 3)))]
    return "".join(syllables) + (random.choice(consonants) if random.random() < 0.5 else "")
