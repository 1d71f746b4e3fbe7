"""What the vocoder needs to say a sound again: pitch, spectral envelope and share of noise, frame by frame."""
from dataclasses import dataclass

import numpy as np

from voice.mel import mel_points
from voice.settings import ENVELOPE_BANDS, HIGHEST_PITCH, HOP, LOG_FLOOR, LOWEST_PITCH, NOISE_EDGES, SAMPLE_RATE

VOICED_CORRELATION = 0.6  # of the signal with itself one period later
SILENCE = 1e-7  # mean power under which nothing is voiced
CLEAN = 0.3
PITCH_CEILING = 1200.0  # Hz: pitch is looked for below it, where fricatives make little noise
PITCH_WINDOW = 1100  # samples: three periods of the lowest pitch
FOURIER_SIZE = 2048
ENVELOPE_FOURIER_SIZE = 1024
UNVOICED_RESOLUTION = 250.0  # Hz: stands in for the pitch in unvoiced frames; 12 ms windows keep bursts short


@dataclass(frozen=True)
class Features:
    """All per frame of HOP samples."""

    pitch: np.ndarray  # float32 [frames], Hz; interpolated where unvoiced
    voiced: np.ndarray  # bool [frames]
    envelope: np.ndarray  # float32 [frames, ENVELOPE_BANDS], natural log of amplitude density
    noise: np.ndarray  # float32 [frames, NOISE_BANDS], share of the power, 0 to 1


def analyse(samples: np.ndarray) -> Features:
    """`samples` int16 [n] to features of ceil(n / HOP) frames."""
    signal = samples.astype(np.float32) / 32768.0
    frames = -(-len(signal) // HOP)
    pitch, voiced = _pitch(signal, frames)
    envelope = _envelope(signal, np.where(voiced, pitch, UNVOICED_RESOLUTION))
    noise = np.where(voiced[:, None], _noise(signal, pitch), 1.0)
    return Features(pitch.astype(np.float32), voiced, envelope.astype(np.float32), noise.astype(np.float32))


def _cut(signal: np.ndarray, frames: int, size: int) -> np.ndarray:
    """Stretches of `size` samples around each frame's centre: `[frames, size]`."""
    before = size // 2 - HOP // 2
    padded = np.pad(signal, (before, size + HOP))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::HOP][:frames]


def _pitch(signal: np.ndarray, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Hz, and whether voiced. Boersma's method: the peak of the autocorrelation over that of the window."""
    window = np.hanning(PITCH_WINDOW)
    cut = _cut(signal, frames, PITCH_WINDOW)
    cut = (cut - cut.mean(1, keepdims=True)) * window
    spectrum = np.abs(np.fft.rfft(cut, FOURIER_SIZE)) ** 2
    spectrum[:, int(PITCH_CEILING / SAMPLE_RATE * FOURIER_SIZE) :] = 0
    window_correlation = np.fft.irfft(np.abs(np.fft.rfft(window, FOURIER_SIZE)) ** 2)
    correlation = np.fft.irfft(spectrum) / (window_correlation / window_correlation[0])
    correlation /= correlation[:, :1] + 1e-9
    first, last = int(SAMPLE_RATE / HIGHEST_PITCH), int(SAMPLE_RATE / LOWEST_PITCH)
    lags = np.arange(first, last)
    preference = 1.0 - 0.05 * np.log2(lags / first)  # against taking two periods for one
    lag = np.argmax(correlation[:, first:last] * preference, 1) + first
    rows = np.arange(frames)
    left, peak, right = (correlation[rows, lag + step] for step in (-1, 0, 1))
    curve = left - 2 * peak + right
    exact = lag + np.clip(np.where(curve < 0, (left - right) / (2 * np.minimum(curve, -1e-9)), 0), -0.5, 0.5)
    voiced = (peak > VOICED_CORRELATION) & ((cut**2).mean(1) > SILENCE)
    pitch = SAMPLE_RATE / exact
    if voiced.any():
        pitch = np.interp(rows, rows[voiced], pitch[voiced])
    return pitch, voiced


def _envelope(signal: np.ndarray, resolution: np.ndarray) -> np.ndarray:
    """Power density from windows of three periods, averaged over one harmonic's width around each mel point."""
    size = ENVELOPE_FOURIER_SIZE
    times = (np.arange(size) - size / 2) / SAMPLE_RATE
    turns = times[None, :] * resolution[:, None] / 3.0
    window = np.where(np.abs(turns) < 0.5, 0.5 + 0.5 * np.cos(2 * np.pi * turns), 0.0)
    cut = _cut(signal, len(resolution), size)
    power = np.abs(np.fft.rfft(cut * window, size)) ** 2 / (window**2).sum(1, keepdims=True)
    below = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, 1)], 1)  # power below bin i's lower edge

    points = mel_points(ENVELOPE_BANDS, SAMPLE_RATE / 2)
    width = np.maximum(resolution[:, None], np.gradient(points)[None, :]) * size / SAMPLE_RATE
    centre = (points * size / SAMPLE_RATE)[None, :] + 0.5
    low, high = (np.clip(centre + side * width / 2, 0.0, below.shape[1] - 1.001) for side in (-1, 1))
    density = (_between(below, high) - _between(below, low)) / (high - low)
    return np.maximum(0.5 * np.log(density + 1e-12), LOG_FLOOR)


def _between(table: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Each row of `table` read at fractional positions."""
    whole = position.astype(np.int64)
    here, after = (np.take_along_axis(table, whole + step, 1) for step in (0, 1))
    return here + (after - here) * (position - whole)


def _noise(signal: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """One minus how well each band repeats itself after a period (a sample more or less, as pitch may glide).

    What a moving formant alone costs a vowel (up to about CLEAN) counts as no noise.
    """
    spectrum = np.fft.rfft(signal)
    frequency = np.fft.rfftfreq(len(signal), 1 / SAMPLE_RATE)
    period = np.rint(SAMPLE_RATE / pitch).astype(np.int64)
    size = 2 * int(SAMPLE_RATE / LOWEST_PITCH) + 4
    places = np.arange(size // 2)[None, :]
    one_period = places < period[:, None]
    shares = []
    for low, high in zip(NOISE_EDGES, NOISE_EDGES[1:]):
        band = np.fft.irfft(np.where((frequency >= low) & (frequency < high), spectrum, 0), len(signal))
        cut = _cut(band, len(pitch), size)
        early = cut[:, : size // 2] * one_period
        best = np.zeros(len(pitch))
        for step in (-2, -1, 0, 1, 2):
            late = np.take_along_axis(cut, places + period[:, None] + step, 1) * one_period
            energy = np.sqrt((early**2).sum(1) * (late**2).sum(1)) + 1e-9
            best = np.maximum(best, (early * late).sum(1) / energy)
        shares.append(1.0 - best)
    return np.clip((np.stack(shares, 1) - CLEAN) / (1.0 - 1.5 * CLEAN), 0.0, 1.0)
