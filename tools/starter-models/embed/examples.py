"""Training examples and evaluation triplets: two sentences that mean the same, and sentences that only look alike."""
from dataclasses import dataclass
from random import Random

from embed.facts.fact import Fact, draw_fact, near_fact, say
from embed.facts.notation import Relation, Template, relations
from embed.facts.style import vary
from embed.facts.words import draw_value, kind_of

SAME_WORDING = 0.15  # share of paraphrases in one wording; twice that where roles can be swapped


@dataclass(frozen=True)
class Negative:
    text: str
    key: str  # its meaning
    kind: str  # what is changed: person, place, number, thing, negation, roles or relation


@dataclass(frozen=True)
class Example:
    """`anchor` and `positive` mean the same, or one asks what the other answers."""

    anchor: str
    positive: str
    anchor_key: str
    positive_key: str
    negatives: tuple[Negative, ...]


class Sampler:
    """Draws examples. With `held_out`, of facts and in wordings that training never sees."""

    def __init__(self, random: Random, held_out: bool = False) -> None:
        self.random = random
        self.held_out = held_out
        self.facts = [relation for relation in relations().values() if not relation.is_intent]
        self.intents = [relation for relation in relations().values() if relation.is_intent]

    def example(self, negatives: int = 2) -> Example:
        """Three in four are about facts, one in four is a shop's support question."""
        if self.random.random() < 0.25:
            return self.of_intent(self.random.choice(self.intents), negatives)
        # Roles are what is learnt last, so the relations that have them come twice as often.
        relation = self.random.choices(self.facts, [2 if fact.swap else 1 for fact in self.facts])[0]
        return self.of_fact(relation, negatives)

    def of_fact(self, relation: Relation, negatives: int) -> Example:
        fact = draw_fact(self.random, relation, self.held_out)
        if relation.same and self.random.random() < 0.5:
            fact = fact.swapped(relation.same)
        kind = self.random.random()
        if kind < 0.6:
            return self._paraphrase(fact, negatives)
        return self._question(fact, negatives, with_answer=kind < 0.88)

    def of_intent(self, relation: Relation, negatives: int) -> Example:
        """A customer's question with another way to ask it, or with the shop's answer."""
        fact = draw_fact(self.random, relation, self.held_out)
        return self._question(fact, negatives, with_answer=self.random.random() < 0.4)

    def _paraphrase(self, fact: Fact, negatives: int) -> Example:
        first, second = self._two_templates(fact.relation, fact.form, None)
        mirrored = fact.swapped(fact.relation.same) if fact.relation.same and self.random.random() < 0.5 else fact
        changed = [self._changed(fact, first if i % 2 == 0 else second, None) for i in range(negatives)]
        return Example(self._say(fact, first), self._say(mirrored, second), fact.key(), fact.key(), tuple(changed))

    def _question(self, fact: Fact, negatives: int, with_answer: bool) -> Example:
        """A question's negatives are questions, or answers where its positive is one."""
        if fact.denied:
            fact = Fact(fact.relation, fact.values)
        asks = self.random.choice(sorted({template.asks for template in fact.relation.wordings["?"]}))
        first, second = self._two_templates(fact.relation, "?", asks)
        key = fact.key(asks)
        question = self._say(fact, first, question=True)
        if not with_answer:
            changed = [self._changed(fact, first, asks) for _ in range(negatives)]
            return Example(question, self._say(fact, second, question=True), key, key, tuple(changed))
        template = self._template(fact.relation, fact.form, None)
        answer = self._say(fact, template)
        changed = [self._changed(fact, template, None, keep=asks) for _ in range(negatives)]
        if self.random.random() < 0.5 and not self.held_out:
            changed = [self._changed(fact, first, asks) for _ in range(negatives)]
            return Example(answer, question, fact.key(), key, tuple(changed))
        return Example(question, answer, key, fact.key(), tuple(changed))

    def _changed(self, fact: Fact, template: Template, asks: str | None, keep: str | None = None) -> Negative:
        """A near miss, in the same wording where it has it. `keep` is a slot whose change would not matter."""
        skip = {asks, keep} - {None}
        options = ["slot"] * 3 if set(fact.relation.slots) - skip else []
        if fact.relation.swap and not set(fact.relation.swap) & skip:
            options += ["roles"] * 4
        if asks is None and fact.relation.wordings["-"]:
            options += ["negation"]
        if fact.relation.near:
            options += ["relation"] if options else ["relation"] * 3
        kind = self.random.choice(options or ["any"])
        if kind == "slot":
            slot = self.random.choice(sorted(set(fact.relation.slots) - skip))
            return self._negative(self._other_value(fact, slot), template, asks, kind_of(fact.relation.slots[slot]))
        if kind == "roles":
            return self._negative(fact.swapped(fact.relation.swap), template, asks, kind)
        if kind == "negation":
            denial = Fact(fact.relation, fact.values, not fact.denied)
            return self._negative(denial, self._template(denial.relation, denial.form, None), None, kind)
        other = near_fact(self.random, fact) or draw_fact(self.random, self.random.choice(self.intents), self.held_out)
        return self._of_other_relation(other, asks)

    def _of_other_relation(self, other: Fact, asks: str | None) -> Negative:
        """Asks for the same slot as the question it is set against, if the other relation has such a question."""
        slots = sorted({template.asks for template in other.relation.wordings["?"]})
        if asks is None or not slots:
            return self._negative(other, self._template(other.relation, other.form, None), None, "relation")
        asks = asks if asks in slots else self.random.choice(slots)
        return self._negative(other, self._template(other.relation, "?", asks), asks, "relation")

    def _negative(self, fact: Fact, template: Template, asks: str | None, kind: str) -> Negative:
        return Negative(self._say(fact, template, question=asks is not None), fact.key(asks), kind)

    def _other_value(self, fact: Fact, slot: str) -> Fact:
        while True:
            value = draw_value(self.random, fact.relation.slots[slot])
            if value not in fact.values:
                return fact.with_value(slot, value)

    def _two_templates(self, relation: Relation, form: str, asks: str | None) -> tuple[Template, Template]:
        """Two different wordings; in evaluation a second one that was trained on, where only one is kept back.

        In training it is now and then the same one twice. That teaches the order of the words: "Anna gave Ben ..." and
        "Ben gave Anna ..." first differ in any way at all, and then, between wordings, in who gives.
        """
        first = self._template(relation, form, asks)
        if not self.held_out and self.random.random() < SAME_WORDING * (2 if relation.swap else 1):
            return first, first
        others = [t for t in self._choices(relation, form, asks, self.held_out) if t is not first]
        if not others and self.held_out:
            others = self._choices(relation, form, asks, False)
        return first, self.random.choice(others or [first])

    def _template(self, relation: Relation, form: str, asks: str | None) -> Template:
        choices = self._choices(relation, form, asks, self.held_out)
        return self.random.choice(choices or self._choices(relation, form, asks, not self.held_out))

    def _choices(self, relation: Relation, form: str, asks: str | None, held_out: bool) -> list[Template]:
        return [t for t in relation.templates(form, held_out) if asks is None or t.asks == asks]

    def _say(self, fact: Fact, template: Template, question: bool = False) -> str:
        return vary(self.random, say(self.random, fact, template), question)
