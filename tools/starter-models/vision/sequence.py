"""Conversations as tokens: what the model reads, what it must answer, and which earlier tokens it may see."""
from dataclasses import dataclass, field

from vision.conversation import Conversation
from vision.tokenizer import END, IMAGE_BLOCK, START, Tokenizer

# Written once for both: Jinja for the exported model, and `Sequence` below for training. Pictures come first in their
# message, wherever the request put them.
CHAT_TEMPLATE = """\
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.content is string -%}
{{- message.content -}}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' or part.type == 'image_url' -%}{{- '<image>' -}}{%- endif -%}
{%- endfor -%}
{%- for part in message.content -%}
{%- if part.type == 'text' -%}{{- part.text -}}{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""
EVERYWHERE = 0  # the part of tokens that all later ones may see


@dataclass
class Sequence:
    ids: list[int] = field(default_factory=list)
    is_answer: list[bool] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    """A token sees the earlier tokens of its own part and of the part EVERYWHERE."""
    positions: list[int] = field(default_factory=list)

    def add(self, ids: list[int], part: int, start: int, is_answer: bool = False) -> int:
        """Appends tokens whose first stands at position `start`; returns the position after them."""
        self.ids += ids
        self.is_answer += [is_answer] * len(ids)
        self.parts += [part] * len(ids)
        self.positions += range(start, start + len(ids))
        return start + len(ids)


def sequence_of(conversation: Conversation, tokenizer: Tokenizer) -> Sequence:
    encode = tokenizer.encode
    sequence, position = Sequence(), 0
    if conversation.system:
        position = sequence.add(encode(f"{START}system\n{conversation.system}{END}\n"), EVERYWHERE, position)
    for number, turn in enumerate(conversation.turns):
        if number == 0 or not conversation.separate:
            opening = f"{START}user\n" + IMAGE_BLOCK * turn.pictures
            position = sequence.add(encode(opening), EVERYWHERE, position)
        part = number + 1 if conversation.separate else EVERYWHERE
        after = sequence.add(encode(f"{turn.question}{END}\n{START}assistant\n"), part, position)
        after = sequence.add(encode(turn.answer + END), part, after, is_answer=True)
        if not conversation.separate:
            position = sequence.add(encode("\n"), part, after)
    return sequence
