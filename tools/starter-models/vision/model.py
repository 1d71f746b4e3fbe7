"""The whole model as it is trained: encoder, decoder and the heads that only training needs."""
import torch
from torch import Tensor, nn

from vision.auxiliary import AuxiliaryHead
from vision.decoder import Decoded, Decoder
from vision.encoder import VisionEncoder
from vision.lookup import LookUpHead
from vision.tokens import Tokens


class VisionModel(nn.Module):
    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.encoder = VisionEncoder()
        self.decoder = Decoder(vocabulary)
        self.auxiliary = AuxiliaryHead()
        self.look_up = LookUpHead()

    def forward(self, tokens: Tokens, image_tokens: Tensor) -> Decoded:
        """`image_tokens` [pictures, IMAGE_TOKENS, WIDTH] take the places that `tokens` keep for them, in order."""
        return self.decoder.forward(self._embedded(tokens, image_tokens), tokens.positions, tokens.visible)

    def early(self, tokens: Tokens, image_tokens: Tensor) -> Tensor:
        """`Decoded.early` alone."""
        return self.decoder.early(self._embedded(tokens, image_tokens), tokens.positions, tokens.visible)

    def _embedded(self, tokens: Tokens, image_tokens: Tensor) -> Tensor:
        embedded = self.decoder.embedding(tokens.ids).flatten(0, 1)
        embedded = embedded.index_copy(0, tokens.image_at, image_tokens.flatten(0, 1).to(embedded.dtype))
        return embedded.view(*tokens.ids.shape, -1)


def exact_answers(logits: Tensor, wanted: Tensor, ends: Tensor) -> list[bool]:
    """Of each answer, whether greedy decoding would give it word for word. `ends` marks each answer's last token."""
    right = logits.argmax(-1) == wanted
    last = ends.nonzero().flatten()
    wrong_before = torch.cat([torch.zeros(1), (~right).float().cumsum(0)])
    starts = torch.cat([torch.zeros(1, dtype=torch.long), last[:-1] + 1])
    return (wrong_before[last + 1] == wrong_before[starts]).tolist()
