"""The noise schedule, shared by training, the UNet's graph and the exported scheduler configuration."""
import torch

STEPS = 1000
# Linear betas that end near pure noise, with the signal's share spread evenly over the steps of a short schedule.
BETA_START, BETA_END = 0.0001, 0.015

SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.24.0",
    "num_train_timesteps": STEPS,
    "beta_start": BETA_START,
    "beta_end": BETA_END,
    "beta_schedule": "linear",
    "prediction_type": "sample",
    "timestep_spacing": "trailing",
    "steps_offset": 0,
    "set_alpha_to_one": True,
    "clip_sample": False,
}


def signal_table() -> torch.Tensor:
    """`[1000]`: how much of the clean latent is left at each timestep (the square root of alpha-bar).

    The scheduler leaves 2 % at the last one, but sampling starts from noise alone, so the network is told zero.
    """
    betas = torch.linspace(BETA_START, BETA_END, STEPS, dtype=torch.float64)
    signal = torch.cumprod(1 - betas, 0).sqrt()
    signal[-1] = 0
    return signal.float()
