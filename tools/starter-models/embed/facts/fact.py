"""One made-up fact, and how it is said."""
import hashlib
import re
from dataclasses import dataclass
from random import Random

from embed.facts.notation import Relation, Template, relations
from embed.facts.words import Value, draw_value

CHOICE = re.compile(r"\[([^\]]*)\]")
SLOT = re.compile(r"\{(\w+)(:a)?\}")
EVALUATION_SHARE = 10  # one fact in so many is never trained on


@dataclass(frozen=True)
class Fact:
    relation: Relation
    values: tuple[Value, ...]  # in the order of the relation's slots
    denied: bool = False

    @property
    def form(self) -> str:
        return "-" if self.denied else "+"

    @property
    def slots(self) -> dict[str, Value]:
        return dict(zip(self.relation.slots, self.values))

    def key(self, asks: str | None = None) -> str:
        """Equal for equal meanings; with `asks`, the meaning of the question for that slot."""
        slots = self.slots
        if self.relation.same:
            first, second = self.relation.same
            slots[first], slots[second] = sorted((slots[first], slots[second]))
        kept = [value[0] for name, value in slots.items() if name != asks]
        return "|".join([self.relation.name, self.form if asks is None else f"?{asks}", *kept])

    def held_out(self) -> bool:
        """Whether the fact belongs to the evaluation: a fixed tenth of all combinations of values."""
        if self.relation.is_intent:
            return False
        digest = hashlib.md5("|".join(value[0] for value in sorted(self.values)).encode()).digest()
        return digest[0] % EVALUATION_SHARE == 0

    def with_value(self, slot: str, value: Value) -> "Fact":
        changed = {**self.slots, slot: value}
        return Fact(self.relation, tuple(changed.values()), self.denied)

    def swapped(self, pair: tuple[str, ...]) -> "Fact":
        """The fact with two slots' values exchanged."""
        first, second = pair
        slots = self.slots
        return self.with_value(first, slots[second]).with_value(second, slots[first])


def draw_fact(random: Random, relation: Relation, held_out: bool) -> Fact:
    """A fact of the evaluation's tenth, or of the training's nine tenths. No value is used twice."""
    while True:
        values = tuple(draw_value(random, slot_type) for slot_type in relation.slots.values())
        fact = Fact(relation, values, bool(relation.wordings["-"]) and random.random() < 0.25)
        if len(set(values)) == len(values) and (relation.is_intent or fact.held_out() == held_out):
            return fact


def near_fact(random: Random, fact: Fact) -> Fact | None:
    """A fact of another relation about the same things, where there is one: she *works* in Paris."""
    names = [name for name in fact.relation.near if relations()[name].wordings["+"]]
    if not names:
        return None
    other = relations()[random.choice(names)]
    own = fact.slots
    values = tuple(
        own[name] if fact.relation.slots.get(name) == slot_type else draw_value(random, slot_type)
        for name, slot_type in other.slots.items()
    )
    return Fact(other, values, fact.denied and bool(other.wordings["-"]))


def say(random: Random, fact: Fact, template: Template) -> str:
    """The template with one choice each and one way to say each value."""
    text = CHOICE.sub(lambda match: random.choice(match[1].split("|")), template.text)
    slots = {name: random.choice(value) for name, value in fact.slots.items()}
    text = SLOT.sub(lambda match: _with_article(slots[match[1]]) if match[2] else slots[match[1]], text)
    text = re.sub(r" +([.,?]|$)", r"\1", re.sub(r" +", " ", text)).strip()
    return text[0].upper() + text[1:]


def _with_article(noun: str) -> str:
    vowel = noun[0] in "aeiou" and not noun.startswith(("uni", "use", "eu"))
    return ("an " if vowel else "a ") + noun
