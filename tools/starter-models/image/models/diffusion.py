"""Text encoder and denoiser together, as they are trained."""
import torch
from torch import nn

from image.models.hints import Answers, Hints
from image.models.text_encoder import TextEncoder
from image.models.unet import CONDITION, OUTER, UNet
from image.tokenizer import Tokenizer


class Diffusion(nn.Module):
    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(len(tokenizer.vocabulary), tokenizer.end)
        self.unet = UNet()
        self.hints = Hints(CONDITION, OUTER)

    def forward(
        self, noisy: torch.Tensor, timestep: torch.Tensor, ids: torch.Tensor, clean: torch.Tensor, answers: Answers
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The squared error of each picture's clean latent, `[batch]`, and the auxiliary loss."""
        seen, condition, layout = self.unet.inspect(noisy, timestep, self.text_encoder(ids)[0])
        return (seen.float() - clean).square().mean((1, 2, 3)), self.hints(condition, layout, answers)
