"""Text encoder and denoiser together, as they are trained."""
from dataclasses import dataclass

import torch
from torch import nn

from image.models.hints import Answers, Hints
from image.models.text_encoder import TextEncoder
from image.models.unet import UNet
from image.tokenizer import Tokenizer


@dataclass
class Losses:
    picture: torch.Tensor  # [batch], the squared error of each clean latent
    draft: torch.Tensor  # [batch], the same of the draft alone; 0 where the noise does not give the layout
    hints: torch.Tensor  # the auxiliary loss


class Diffusion(nn.Module):
    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(len(tokenizer.vocabulary), tokenizer.end)
        self.unet = UNet()
        self.hints = Hints()

    def forward(
        self,
        noisy: torch.Tensor,
        timestep: torch.Tensor,
        ids: torch.Tensor,
        clean: torch.Tensor,
        answers: Answers,
        readable: torch.Tensor,
        draft_only: bool = False,
    ) -> Losses:
        """`readable [batch]` says which noise gives the layout; `draft_only` leaves out the UNet, most of the work."""
        see = self.unet.draft_of if draft_only else self.unet.inspect
        seen, draft = see(noisy, timestep, self.text_encoder(ids)[0])
        drafted = squared_error(draft.latents, clean) * readable
        with torch.autocast("cpu", enabled=False):
            hints = self.hints(draft, answers, readable)
        return Losses(squared_error(seen, clean), drafted, hints)


def squared_error(seen: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    return (seen.float() - clean).square().mean((1, 2, 3))
