"""The evaluation's sentences: facts that training never sees, in wordings that training never sees.

Written as tab-separated text beside `evaluate.mjs`, so that the exported model can be judged without Python.
"""
from collections import Counter
from pathlib import Path
from random import Random

from embed.examples import Sampler
from embed.facts.fact import Fact, draw_fact, say
from embed.settings import EVALUATION, EVALUATION_SEED
from embed.tokenizer.wordpiece import WordPiece

PLAIN = 400
PER_KIND = 100
KINDS = ("person", "place", "number", "thing", "negation", "roles", "relation")
FACT_QUERIES = 150
TOKENIZED = (
    "Where does Anna live?", "Élise a réservé une chambre à Besançon.", "Мария живёт в Москве.", "Thanks 😀 ❤️",
    "I don't know: $20, €30?", "x² + y² = z²", "naïve café, 100% of it!", "日本語",
)


def write_evaluation(tokenizer: WordPiece) -> None:
    EVALUATION.mkdir(exist_ok=True)
    sampler = Sampler(Random(EVALUATION_SEED), held_out=True)
    _write(EVALUATION / "triplets.tsv", [*_plain(sampler), *_hard(sampler)])
    _write(EVALUATION / "shop_answers.tsv", _shop_answers(sampler))
    _write(EVALUATION / "shop_questions.tsv", _shop_questions(sampler))
    _write(EVALUATION / "fact_questions.tsv", _fact_questions(sampler))
    _write(EVALUATION / "token_ids.tsv", [(text, " ".join(map(str, tokenizer.encode(text)))) for text in TOKENIZED])


def _plain(sampler: Sampler) -> list[tuple[str, ...]]:
    """`plain, anchor, positive, negative`; the negative is about something else altogether."""
    examples = [sampler.example(near_misses=0) for _ in range(PLAIN)]
    others = examples[1:] + examples[:1]
    return [("plain", one.anchor, one.positive, other.positive) for one, other in zip(examples, others)]


def _hard(sampler: Sampler) -> list[tuple[str, ...]]:
    """`kind, anchor, positive, negative`; the negative is a near miss, as many of each kind."""
    rows: list[tuple[str, ...]] = []
    counts: Counter[str] = Counter()
    while min(counts[kind] for kind in KINDS) < PER_KIND:
        example = sampler.example(near_misses=1)
        near = example.near_misses[0]
        if counts[near.kind] < PER_KIND and near.key not in (example.anchor_key, example.positive_key):
            counts[near.kind] += 1
            rows.append((near.kind, example.anchor, example.positive, near.text))
    return sorted(rows, key=lambda row: KINDS.index(row[0]))


def _shop_answers(sampler: Sampler) -> list[tuple[str, ...]]:
    """`intent, answer`: what a shop's list of frequent questions would hold."""
    intents = [relation for relation in sampler.intents if not relation.slots]
    return [(relation.name, relation.wordings["+"][0].text) for relation in intents]


def _shop_questions(sampler: Sampler) -> list[tuple[str, ...]]:
    """`intent, question`, in the wordings kept for evaluation."""
    intents = [relation for relation in sampler.intents if not relation.slots]
    return [
        (relation.name, say(sampler.random, Fact(relation, ()), template))
        for relation in intents
        for template in relation.templates("?", True)
    ]


def _fact_questions(sampler: Sampler) -> list[tuple[str, ...]]:
    """`question, answer`: the answers together are the documents, and each question has one answer among them."""
    rows: list[tuple[str, ...]] = []
    asked: set[str] = set()
    while len(rows) < FACT_QUERIES:
        fact = draw_fact(sampler.random, sampler.random.choice(sampler.facts), held_out=True)
        questions = fact.relation.templates("?", True)
        keys = {fact.key(question.asks) for question in questions}
        if fact.denied or keys & asked:
            continue
        asked |= keys
        answer = sampler.random.choice(fact.relation.templates("+", True))
        rows.append((say(sampler.random, fact, sampler.random.choice(questions)), say(sampler.random, fact, answer)))
    return rows


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
