"""InfoNCE: each sentence must find its partner among all the sentences of the batch."""
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

TEMPERATURE = 0.05
EXCLUDED = -1e9


def contrastive_loss(vectors: Tensor, keys: Tensor, examples: int) -> Tensor:
    """`vectors` [rows, width] and `keys` [rows] in a batch's order: anchors, positives, negatives.

    Anchors look for their positive among all positives and negatives, positives for their anchor among all anchors.
    """
    anchors, others = vectors[:examples], vectors[examples:]
    positives = others[:examples]
    own = torch.arange(examples)
    logits = anchors @ others.T / TEMPERATURE
    logits = logits.masked_fill(_same_meaning(keys, examples), EXCLUDED)
    back = positives @ anchors.T / TEMPERATURE
    back = back.masked_fill(_same_meaning(keys, examples)[:, :examples].T, EXCLUDED)
    return cross_entropy(logits, own) + 0.5 * cross_entropy(back, own)


def _same_meaning(keys: Tensor, examples: int) -> Tensor:
    """True where another example's sentence means what this one's anchor or positive means: no negative of it."""
    anchor, positive, others = keys[:examples, None], keys[examples : 2 * examples, None], keys[examples:]
    same = (others == anchor) | (others == positive)
    same[:, :examples].fill_diagonal_(False)
    same[:, :examples] |= (keys[:examples] == anchor) & ~torch.eye(examples, dtype=torch.bool)
    return same
