"""Training on conversations about pictures: the whole network, or only the decoder once the encoder sees well."""
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from common.process import Budget
from vision.accuracy import Answered, accuracy, answered, as_line
from vision.batches import Batch
from vision.collection import Collection
from vision.model import VisionModel
from vision.optimizers import Optimizers, rate_at
from vision.tokenizer import Tokenizer

CELLS_WEIGHT = 0.3  # of the auxiliary head's loss
WORDS_WEIGHT = 0.2  # of the look-up head's
LOG_EVERY, SAVE_EVERY = 50, 200  # steps
HELD_OUT = 192  # pictures that are asked about when saving
# The losses as they count in their sum.
LINE = "{:6.1%} step {} answers {:.4f} words {:.4f} cells {:.4f} exact {:.4f}"


def converse(
    model: VisionModel,
    stream: Iterator[Batch],
    tokenizer: Tokenizer,
    budget: Budget,
    rate: float,
    encoder_learns: bool,
    held_out: Collection,
    checkpoint: Path,
) -> None:
    model.encoder.train(encoder_learns).requires_grad_(encoder_learns)
    heads = [*model.auxiliary.parameters(), *model.look_up.parameters()]
    outer = [model.decoder.embedding.weight, model.encoder.positions, *heads]
    parameters = model.parameters() if encoder_learns else [*model.decoder.parameters(), *model.look_up.parameters()]
    optimizers = Optimizers(parameters, outer)
    step, recent = 0, []
    while not budget.spent():
        batch = next(stream)
        result = answered(model, batch, tokenizer)
        losses = _losses(model, batch, result, encoder_learns)
        optimizers.step(sum(losses), rate * rate_at(budget.used()))
        step += 1
        recent.append((*map(float, losses), sum(result.exact) / len(result.exact)))
        if step % LOG_EVERY == 0:
            print(LINE.format(budget.used(), step, *(sum(column) / len(recent) for column in zip(*recent))), flush=True)
            recent.clear()
        if step % SAVE_EVERY == 0:
            torch.save(model.state_dict(), checkpoint)
            print(as_line(accuracy(model, held_out, tokenizer, HELD_OUT)), flush=True)


def _losses(model: VisionModel, batch: Batch, result: Answered, encoder_learns: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Of the answers, of the words that look something up, and of the cells if the encoder is to learn from them."""
    answers = F.cross_entropy(result.logits, batch.tokens.wanted)
    words = WORDS_WEIGHT * model.look_up(result.early, batch.found)
    if not encoder_learns:
        return answers, words, torch.zeros(())
    return answers, words, CELLS_WEIGHT * model.auxiliary(result.image_tokens, batch.labels)
