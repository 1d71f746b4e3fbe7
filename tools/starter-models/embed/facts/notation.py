"""Reads the relations and their wordings from `templates/*.txt`.

    relation gave: giver=person receiver=person object   the slots; `object` is short for `object=object`
    swap: giver receiver         exchanging these two changes the meaning ("Anna gave Ben ...", "Ben gave Anna ...")
    same: first second           exchanging these two does not ("Anna met Ben")
    near: lent sold              relations that are easily taken for this one
    + {giver} gave {receiver} {object:a}.     says the fact; `{object:a}` puts "a" or "an" before it
    - {giver} did not give ...                denies it
    ?object What did {giver} give {receiver}? asks for a slot (for nothing in particular where there are no slots)
    +* -* ?*object                            the same, but kept for evaluation: training never sees this wording

A relation without any "*" is for training only. `[buys|bought|]` is one of several words, or none. Lines that begin
with "#" are comments.
"""
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
LINE = re.compile(r"([+?-])(\*?)(\w*) (.*)")


@dataclass(frozen=True)
class Template:
    text: str
    asks: str  # the slot that a question asks for, "" where it asks for none
    held_out: bool


@dataclass
class Relation:
    name: str
    slots: dict[str, str]  # slot name -> type of value
    swap: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    wordings: dict[str, list[Template]] = field(default_factory=lambda: {"+": [], "-": [], "?": []})

    @property
    def is_intent(self) -> bool:
        """A support question without a slot, or with the product only: a closed set of meanings."""
        return len(self.slots) < 2

    @property
    def is_evaluated(self) -> bool:
        """Whether it has wordings that are kept for evaluation."""
        return any(template.held_out for templates in self.wordings.values() for template in templates)

    def templates(self, form: str, held_out: bool) -> list[Template]:
        """The wordings of a form ("+", "-" or "?") that are kept for evaluation, or those that training sees."""
        return [template for template in self.wordings[form] if template.held_out == held_out]


@lru_cache(maxsize=None)
def relations() -> dict[str, Relation]:
    """All relations by name."""
    found: dict[str, Relation] = {}
    for path in sorted(TEMPLATES.glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                _read_line(line, found)
    return found


def _read_line(line: str, found: dict[str, Relation]) -> None:
    head, _, rest = line.partition(":")
    if head.startswith("relation "):
        slots = dict(slot.split("=") if "=" in slot else (slot, slot) for slot in rest.split())
        name = head.split()[1]
        found[name] = Relation(name, slots)
        return
    relation = list(found.values())[-1]
    if head in ("swap", "same", "near"):
        setattr(relation, head, tuple(rest.split()))
        return
    form, star, asks, text = LINE.fullmatch(line).groups()
    relation.wordings[form].append(Template(text, asks, star == "*"))
