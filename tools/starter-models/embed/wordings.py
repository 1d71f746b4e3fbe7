"""Picks the wordings that facts are said in, and says them."""
from random import Random

from embed.facts.fact import Fact, say
from embed.facts.notation import Relation, Template
from embed.facts.style import vary


class Wordings:
    """With `held_out`, wordings that training never sees, unless a relation has none for what is asked for."""

    def __init__(self, random: Random, held_out: bool, same_wording: float) -> None:
        self.random = random
        self.held_out = held_out
        self.same_wording = same_wording  # share of pairs that are one wording; twice that where roles can be swapped

    def one(self, relation: Relation, form: str, asks: str | None) -> Template:
        choices = self._choices(relation, form, asks, self.held_out)
        return self.random.choice(choices or self._choices(relation, form, asks, not self.held_out))

    def two(self, relation: Relation, form: str, asks: str | None) -> tuple[Template, Template]:
        """Two different wordings; in evaluation a second one that was trained on, where only one is kept back.

        In training it is now and then the same one twice. That teaches the order of the words: "Anna gave Ben ..." and
        "Ben gave Anna ..." first differ in any way at all, and then, between wordings, in who gives.
        """
        first = self.one(relation, form, asks)
        if self.same_wording and self.random.random() < self.same_wording * (2 if relation.swap else 1):
            return first, first
        others = [t for t in self._choices(relation, form, asks, self.held_out) if t is not first]
        if not others and self.held_out:
            others = self._choices(relation, form, asks, False)
        return first, self.random.choice(others or [first])

    def some(self, relation: Relation, form: str, asks: str | None, count: int) -> list[Template]:
        """One or two of them."""
        return [self.one(relation, form, asks)] if count == 1 else list(self.two(relation, form, asks))

    def say(self, fact: Fact, template: Template, question: bool = False) -> str:
        return vary(self.random, say(self.random, fact, template), question)

    def _choices(self, relation: Relation, form: str, asks: str | None, held_out: bool) -> list[Template]:
        return [t for t in relation.templates(form, held_out) if asks is None or t.asks == asks]
