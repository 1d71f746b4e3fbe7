"""Training examples and evaluation triplets: two sentences that mean the same, and sentences that only look alike."""
from dataclasses import dataclass
from random import Random

from embed.facts.fact import Fact, draw_fact
from embed.facts.notation import Relation, relations
from embed.near_misses import NearMiss, NearMisses
from embed.wordings import Wordings


@dataclass(frozen=True)
class Mix:
    """What is drawn how often."""

    roles: int  # how often a near miss swaps them where it can, when a changed slot has 3
    roles_in_answers: bool  # whether it does so too if the question asks for one of the two
    same_wording: float  # share of paraphrases in one wording; twice that where roles can be swapped


# Roles are what is learnt last, so training has more of them. What the evaluation draws with has to stay as it is, or its
# sentences would be others.
SWAPPABLE = 2  # how often a relation comes in which roles can be swapped; the others come once
TRAINING = Mix(roles=6, roles_in_answers=True, same_wording=0.15)
EVALUATION = Mix(roles=4, roles_in_answers=False, same_wording=0)


@dataclass(frozen=True)
class Example:
    """`anchor` and `positive` mean the same, or one asks what the other answers; the near misses mean another thing."""

    anchor: str
    positive: str
    anchor_key: str
    positive_key: str
    near_misses: tuple[NearMiss, ...]


class Sampler:
    """Draws examples. With `held_out`, of facts and in wordings that training never sees."""

    def __init__(self, random: Random, held_out: bool = False) -> None:
        self.random = random
        self.held_out = held_out
        self.mix = EVALUATION if held_out else TRAINING
        facts = [relation for relation in relations().values() if not relation.is_intent]
        self.facts = [relation for relation in facts if relation.is_evaluated] if held_out else facts
        self.intents = [relation for relation in relations().values() if relation.is_intent]
        self.wordings = Wordings(random, held_out, self.mix.same_wording)
        self.near = NearMisses(random, self.wordings, self.intents, self.mix.roles, self.mix.roles_in_answers)

    def example(self, near_misses: int = 2) -> Example:
        """Three in four are about facts, one in four is a shop's support question. Near misses are two, one or none."""
        if self.random.random() < 0.25:
            return self.of_intent(self.random.choice(self.intents), near_misses)
        weights = [SWAPPABLE if relation.swap else 1 for relation in self.facts]
        return self.of_fact(self.random.choices(self.facts, weights)[0], near_misses)

    def of_fact(self, relation: Relation, near_misses: int) -> Example:
        fact = draw_fact(self.random, relation, self.held_out)
        if relation.same and self.random.random() < 0.5:
            fact = fact.swapped(relation.same)
        kind = self.random.random()
        if kind < 0.6:
            return self._paraphrase(fact, near_misses)
        return self._question(fact, near_misses, with_answer=kind < 0.88)

    def of_intent(self, relation: Relation, near_misses: int) -> Example:
        """A customer's question with another way to ask it, or with the shop's answer."""
        fact = draw_fact(self.random, relation, self.held_out)
        return self._question(fact, near_misses, with_answer=self.random.random() < 0.4)

    def _paraphrase(self, fact: Fact, near_misses: int) -> Example:
        templates = self.wordings.two(fact.relation, fact.form, None)
        mirrored = fact.swapped(fact.relation.same) if fact.relation.same and self.random.random() < 0.5 else fact
        near = self.near.draw(fact, list(templates[:near_misses]), None)
        anchor, positive = self.wordings.say(fact, templates[0]), self.wordings.say(mirrored, templates[1])
        return Example(anchor, positive, fact.key(), fact.key(), near)

    def _question(self, fact: Fact, near_misses: int, with_answer: bool) -> Example:
        """A question's near misses are questions, or answers where its positive is one."""
        if fact.denied:
            fact = Fact(fact.relation, fact.values)
        asks = self.random.choice(sorted({template.asks for template in fact.relation.wordings["?"]}))
        questions = self.wordings.two(fact.relation, "?", asks)
        key = fact.key(asks)
        question = self.wordings.say(fact, questions[0], question=True)
        if not with_answer:
            near = self.near.draw(fact, list(questions[:near_misses]), asks)
            return Example(question, self.wordings.say(fact, questions[1], question=True), key, key, near)
        answers = self.wordings.some(fact.relation, fact.form, None, max(1, near_misses))
        answer = self.wordings.say(fact, answers[0])
        near = self.near.draw(fact, answers[:near_misses], None, keep=asks)
        if self.random.random() < 0.5 and not self.held_out:
            near = self.near.draw(fact, list(questions[:near_misses]), asks)
            return Example(answer, question, fact.key(), key, near)
        return Example(question, answer, key, fact.key(), near)
