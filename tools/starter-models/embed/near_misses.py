"""Near misses: sentences that look like another one and mean something else."""
from dataclasses import dataclass
from random import Random

from embed.facts.fact import Fact, draw_fact, near_fact
from embed.facts.notation import Relation, Template
from embed.facts.words import draw_value, kind_of
from embed.wordings import Wordings


@dataclass(frozen=True)
class NearMiss:
    text: str
    key: str  # its meaning
    kind: str  # what is changed: person, place, number, thing, negation, roles or relation


class NearMisses:
    """Changes one thing about a fact. `roles` is how often that is who does it to whom, where a changed slot has 3."""

    def __init__(self, random: Random, wordings: Wordings, intents: list[Relation], roles: int, whole: bool) -> None:
        self.random = random
        self.wordings = wordings
        self.intents = intents
        self.roles = roles
        self.whole = whole  # whether roles are swapped too where the question asks for one of the two

    def draw(
        self, fact: Fact, templates: list[Template], asks: str | None, keep: str | None = None
    ) -> tuple[NearMiss, ...]:
        """One other meaning, said once for each template, in these very wordings if it has them.

        `asks` is the slot that the templates ask for, `keep` a slot whose change would not matter.
        """
        if not templates:
            return ()
        kind = self.random.choice(self._kinds(fact.relation, asks, keep))
        if kind == "slot":
            slot = self.random.choice(self._changeable(fact.relation, asks, keep))
            return self._say(self._other_value(fact, slot), templates, asks, kind_of(fact.relation.slots[slot]))
        if kind == "roles":
            return self._say(fact.swapped(fact.relation.swap), templates, asks, kind)
        if kind == "negation":
            denial = Fact(fact.relation, fact.values, not fact.denied)
            denials = self.wordings.some(denial.relation, denial.form, None, len(templates))
            return self._say(denial, denials, None, kind)
        held_out = self.wordings.held_out
        other = near_fact(self.random, fact) or draw_fact(self.random, self.random.choice(self.intents), held_out)
        return self._of_other_relation(other, asks, len(templates))

    def _kinds(self, relation: Relation, asks: str | None, keep: str | None) -> list[str]:
        """What can be changed, each kind as often as it shall be drawn."""
        kinds = ["slot"] * 3 if self._changeable(relation, asks, keep) else []
        if relation.swap and (self.whole or not {asks, keep} & set(relation.swap)):
            kinds += ["roles"] * self.roles
        if asks is None and relation.wordings["-"]:
            kinds += ["negation"]
        if relation.near:
            kinds += ["relation"] if kinds else ["relation"] * 3
        return kinds or ["any"]

    def _changeable(self, relation: Relation, asks: str | None, keep: str | None) -> list[str]:
        return sorted(set(relation.slots) - {asks, keep})

    def _of_other_relation(self, other: Fact, asks: str | None, count: int) -> tuple[NearMiss, ...]:
        """Asks for the same slot as the question it is set against, if the other relation has such a question."""
        slots = sorted({template.asks for template in other.relation.wordings["?"]})
        if asks is None or not slots:
            return self._say(other, self.wordings.some(other.relation, other.form, None, count), None, "relation")
        asks = asks if asks in slots else self.random.choice(slots)
        return self._say(other, self.wordings.some(other.relation, "?", asks, count), asks, "relation")

    def _say(self, fact: Fact, templates: list[Template], asks: str | None, kind: str) -> tuple[NearMiss, ...]:
        question, key = asks is not None, fact.key(asks)
        return tuple(NearMiss(self.wordings.say(fact, template, question), key, kind) for template in templates)

    def _other_value(self, fact: Fact, slot: str) -> Fact:
        while True:
            value = draw_value(self.random, fact.relation.slots[slot])
            if value not in fact.values:
                return fact.with_value(slot, value)
