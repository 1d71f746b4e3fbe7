"""The vocoder: pitch, envelope and share of noise to sound, in plain tensor operations that ONNX has."""
import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voice.mel import linear_interpolation, mel_points
from voice.settings import ENVELOPE_BANDS, HOP, NOISE_EDGES, SAMPLE_RATE

WINDOW = 2 * HOP  # Hann windows at half overlap add up to one
FOURIER_SIZE = 512  # leaves each frame's filter WINDOW samples to ring
BINS = FOURIER_SIZE // 2 + 1
NOISE_LENGTH = 16384  # samples of noise kept in the model, 0.74 s


class Vocoder(nn.Module):
    """A pulse train and a noise, each cut into overlapping frames, filtered there, and added up again.

    The filters are minimum-phase: their phase is the Hilbert transform of the log envelope, a constant matrix.
    """

    def __init__(self) -> None:
        super().__init__()
        bins = np.linspace(0.0, SAMPLE_RATE / 2, BINS)
        to_bins = linear_interpolation(mel_points(ENVELOPE_BANDS, SAMPLE_RATE / 2), bins)
        band_centres = np.add(NOISE_EDGES[:-1], NOISE_EDGES[1:]) / 2
        self._constant("log_gain", to_bins)
        self._constant("phase", to_bins @ _minimum_phase())
        self._constant("noise_to_bins", linear_interpolation(band_centres, bins))
        self._constant("forward_kernel", _windowed_fourier()[:, None, :])
        self._constant("inverse_kernel", _inverse_fourier()[:, None, :])
        self._constant("noise", np.random.default_rng(1).standard_normal(NOISE_LENGTH))

    def _constant(self, name: str, value: np.ndarray) -> None:
        self.register_buffer(name, torch.tensor(value, dtype=torch.float32))

    def forward(self, pitch: Tensor, envelope: Tensor, noise: Tensor, noise_scale: Tensor) -> Tensor:
        """`pitch` Hz [B, frames], `envelope` [B, frames, ENVELOPE_BANDS], `noise` [B, frames, NOISE_BANDS].

        `noise_scale` (scalar) mixes fresh noise into the fixed one: at 0 the same input gives the same sound.
        Returns samples [B, frames * HOP].
        """
        pulses = self._spectrum(pulse_train(pitch))
        hiss = self._spectrum(self._hiss(pulses.shape[2], pulses.shape[0], noise_scale))
        share = (noise @ self.noise_to_bins).clamp(1e-6, 1 - 1e-6).transpose(1, 2)
        mixed = pulses * torch.sqrt(1 - share).repeat(1, 2, 1) + hiss * torch.sqrt(share).repeat(1, 2, 1)
        gain = torch.exp(envelope @ self.log_gain).transpose(1, 2)
        angle = (envelope @ self.phase).transpose(1, 2)
        real, imaginary = gain * torch.cos(angle), gain * torch.sin(angle)
        x, y = mixed[:, :BINS], mixed[:, BINS:]
        filtered = torch.cat([x * real - y * imaginary, x * imaginary + y * real], 1)
        samples = F.conv_transpose1d(filtered, self.inverse_kernel, stride=HOP)[:, 0]
        return samples[:, HOP // 2 : HOP // 2 - FOURIER_SIZE + HOP]

    def _spectrum(self, excitation: Tensor) -> Tensor:
        """[B, samples] to [B, 2 * BINS, frames], real parts first."""
        return F.conv1d(F.pad(excitation, (HOP // 2, HOP // 2))[:, None], self.forward_kernel, stride=HOP)

    def _hiss(self, frames: Tensor, batch: Tensor, noise_scale: Tensor) -> Tensor:
        place = torch.arange(frames * HOP, device=self.noise.device) % NOISE_LENGTH
        fixed = self.noise[place][None, :].repeat(batch, 1)
        return (fixed + torch.randn_like(fixed) * noise_scale) / torch.sqrt(1 + noise_scale * noise_scale)


def pulse_train(pitch: Tensor) -> Tensor:
    """All harmonics of `pitch` (Hz [B, frames]) in equal strength, power 1: samples [B, frames * HOP].

    The sum of cosines in closed form (Dirichlet's kernel). Phase is added up in float64: float32 would lose the upper
    harmonics after some seconds.
    """
    hertz = F.interpolate(pitch[:, None], scale_factor=float(HOP), mode="linear", align_corners=False)[:, 0]
    turns = torch.cumsum((hertz / SAMPLE_RATE).double(), 1)
    phase = (turns - torch.floor(turns)).float() * math.pi
    harmonics = torch.floor(SAMPLE_RATE / 2 / hertz)
    below = torch.sin(phase)
    near_zero = (below.abs() < 1e-4).float()
    ratio = torch.sin((2 * harmonics + 1) * phase) / (below + near_zero)
    kernel = ratio * (1 - near_zero) + (2 * harmonics + 1) * near_zero
    return (kernel - 1) / torch.sqrt(2 * harmonics)


def _minimum_phase() -> np.ndarray:
    """[BINS, BINS]: log amplitude at the bins to the phase of the minimum-phase filter, through the real cepstrum."""
    cepstrum = np.fft.irfft(np.eye(BINS), FOURIER_SIZE)
    cepstrum[:, 1 : FOURIER_SIZE // 2] *= 2
    cepstrum[:, FOURIER_SIZE // 2 + 1 :] = 0
    return np.fft.rfft(cepstrum).imag


def _windowed_fourier() -> np.ndarray:
    """[2 * BINS, WINDOW]: the transform of a Hann-windowed stretch, padded with zeros."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    transform = np.fft.rfft(np.diag(window), FOURIER_SIZE).T
    return np.concatenate([transform.real, transform.imag])


def _inverse_fourier() -> np.ndarray:
    """[2 * BINS, FOURIER_SIZE]: from real and imaginary parts back to samples."""
    unit = np.eye(BINS)
    return np.concatenate([np.fft.irfft(unit, FOURIER_SIZE), np.fft.irfft(1j * unit, FOURIER_SIZE)])
