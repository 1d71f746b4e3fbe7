"""The mel scale, and the matrix from points equally spaced on it to the bins of a Fourier transform."""
import numpy as np


def hertz_to_mel(hertz: np.ndarray) -> np.ndarray:
    return 2595.0 * np.log10(1.0 + np.asarray(hertz, np.float64) / 700.0)


def mel_to_hertz(mel: np.ndarray) -> np.ndarray:
    return 700.0 * (10.0 ** (np.asarray(mel, np.float64) / 2595.0) - 1.0)


def mel_points(count: int, highest: float) -> np.ndarray:
    """`count` frequencies in Hz from 0 to `highest`, equally spaced in mel."""
    return mel_to_hertz(np.linspace(0.0, hertz_to_mel(highest), count))


def linear_interpolation(known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The matrix `[len(known), len(wanted)]` that interpolates values at `known` positions; flat beyond the ends."""
    return np.stack([np.interp(wanted, known, row) for row in np.eye(len(known))])
