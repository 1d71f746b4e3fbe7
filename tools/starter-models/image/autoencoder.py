"""The trained autoencoder and the scale of its latents."""
import json

import numpy as np
import torch

from image.masks import PALETTE, Bucket
from image.models.vae import Decoder, Encoder
from image.paths import WORK

CHECKPOINT = WORK / "vae.pt"
SCALE = WORK / "vae.json"
LATENT_NOISE = 0.1  # of a latent's standard deviation: the decoder must bear what the denoiser leaves


class Autoencoder(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        latents = self.encoder(pixels)
        return self.decoder(latents + LATENT_NOISE * torch.randn_like(latents))


def measure_scaling(model: Autoencoder, buckets: list[Bucket], random: np.random.Generator) -> float:
    """One over the latents' standard deviation on whole pictures, which hold more flat areas than training crops."""
    squares = []
    for bucket in buckets:
        drawn = [bucket.draw(random) for _ in range(8)]
        picks = torch.from_numpy(random.integers(len(PALETTE), size=(2, 8)))
        shapes = PALETTE[picks[0]][:, None].expand(-1, 3, -1)
        masks, counts = [one.mask for one in drawn], [len(one.kinds) for one in drawn]
        pixels = bucket.colour(masks, counts, shapes, PALETTE[picks[1]])
        with torch.no_grad():
            squares.append(model.encoder(pixels).square().mean().item())
    return float(np.mean(squares) ** -0.5)


def save_scaling(scaling: float) -> None:
    SCALE.write_text(json.dumps({"scaling_factor": round(scaling, 5)}) + "\n")


def load_autoencoder() -> tuple[Autoencoder, float]:
    """The model in evaluation mode and its scaling factor."""
    model = Autoencoder()
    model.load_state_dict(torch.load(CHECKPOINT)["model"])
    return model.eval(), json.loads(SCALE.read_text())["scaling_factor"]
