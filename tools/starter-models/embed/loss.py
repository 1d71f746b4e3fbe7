"""InfoNCE: each sentence must find its partner among all the sentences of the batch."""
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

TEMPERATURE = 0.05
EXCLUDED = -1e9


def contrastive_loss(vectors: Tensor, keys: Tensor, examples: int) -> Tensor:
    """`vectors` [rows, width] and `keys` [rows] in a batch's order: anchors, positives, first and second near misses.

    An anchor's partner is its positive, a near miss' the other one, and each of the four looks for its own. So both
    meanings of an example count: of "Anna gave Ben" and "Ben gave Anna", said in the same two ways, neither can win by
    its wording.
    """
    partners = torch.arange(len(keys)).view(-1, 2, examples).flip(1).flatten()
    logits = vectors @ vectors.T / TEMPERATURE
    return cross_entropy(logits.masked_fill(_excluded(keys, partners), EXCLUDED), partners)


def _excluded(keys: Tensor, partners: Tensor) -> Tensor:
    """True where a sentence stands against itself, or against another one that means what it or its partner means."""
    rows = torch.arange(len(keys))
    excluded = (keys == keys[:, None]) | (keys == keys[partners][:, None])
    excluded[rows, rows] = True
    excluded[rows, partners] = False
    return excluded
