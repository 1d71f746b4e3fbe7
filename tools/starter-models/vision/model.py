"""The whole model as it is trained: encoder, decoder and the auxiliary head."""
import torch
from torch import Tensor, nn

from vision.auxiliary import AuxiliaryHead
from vision.decoder import Decoder, empty_cache
from vision.encoder import VisionEncoder


class VisionModel(nn.Module):
    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.encoder = VisionEncoder()
        self.decoder = Decoder(vocabulary)
        self.auxiliary = AuxiliaryHead()

    def forward(self, ids: Tensor, positions: Tensor, visible: Tensor, image_tokens: Tensor, at: Tensor) -> Tensor:
        """
        States `[sequences, tokens, WIDTH]` after the decoder. `image_tokens` [pictures, IMAGE_TOKENS, WIDTH] replace
        the embeddings at the flat places `at`, in order.
        """
        embedded = self.decoder.embedding(ids).flatten(0, 1)
        embedded = embedded.index_copy(0, at, image_tokens.flatten(0, 1).to(embedded.dtype))
        states, _ = self.decoder(embedded.view(*ids.shape, -1), positions, visible, empty_cache(len(ids)))
        return states


def exact_answers(logits: Tensor, wanted: Tensor, ends: Tensor) -> tuple[int, int]:
    """How many answers, of how many, greedy decoding would give word for word. `ends` marks each answer's last token."""
    right = logits.argmax(-1) == wanted
    last = ends.nonzero().flatten()
    wrong_before = torch.cat([torch.zeros(1), (~right).float().cumsum(0)])
    starts = torch.cat([torch.zeros(1, dtype=torch.long), last[:-1] + 1])
    return int((wrong_before[last + 1] == wrong_before[starts]).sum()), len(last)
