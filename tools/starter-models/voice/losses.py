"""How far the networks are from what espeak said."""
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from voice.blocks import mask_of
from voice.lessons import ReadingLessons, SpeakingLessons
from voice.reader import Reader
from voice.speaker import Speaker

PITCH_WEIGHT, NOISE_WEIGHT, DURATION_WEIGHT = 3.0, 1.0, 0.5
IGNORED = -100
LESSONS_TO_CORRECT_BY = 300


def reading_loss(reader: Reader, lessons: ReadingLessons, rows: np.ndarray) -> Tensor:
    """Cross-entropy of the label, a character."""
    characters = lessons.characters.padded(rows, torch.long)
    mask = mask_of(lessons.characters.counts(rows), characters.shape[1])
    labels = lessons.labels.padded(rows, torch.long).masked_fill(mask[..., 0] == 0, IGNORED)
    logits = reader(characters, mask).float()
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)


def speaking_losses(speaker: Speaker, lessons: SpeakingLessons, rows: np.ndarray) -> dict[str, Tensor]:
    """Mean absolute differences: of the normalised envelope, log pitch where voiced, noise and log durations."""
    phonemes = lessons.phonemes.padded(rows, torch.long)
    durations = lessons.durations.padded(rows, torch.float32)
    pitch = lessons.pitch.padded(rows, torch.float32)
    mask = mask_of(lessons.phonemes.counts(rows), phonemes.shape[1])
    frame_mask = mask_of(lessons.pitch.counts(rows), pitch.shape[1])
    encoding, log_durations = speaker.encode(phonemes, mask)
    frames = speaker.decode(encoding, durations, frame_mask)
    voiced = lessons.voiced.padded(rows, torch.float32) * frame_mask[..., 0]

    envelope = (frames.envelope - lessons.envelope.padded(rows, torch.float32)) / speaker.envelope_scale
    noise = frames.noise - lessons.noise.padded(rows, torch.float32)
    pitch = torch.log(frames.pitch) - torch.log(pitch.clamp_min(1.0))
    duration = log_durations.float() - torch.log1p(durations)
    return {
        "envelope": _mean(envelope.abs().mean(2), frame_mask[..., 0]),
        "noise": _mean(noise.abs().mean(2), frame_mask[..., 0]) * NOISE_WEIGHT,
        "pitch": _mean(pitch.abs(), voiced) * PITCH_WEIGHT,
        "duration": _mean(duration.abs(), mask[..., 0]) * DURATION_WEIGHT,
    }


def length_correction(speaker: Speaker, lessons: SpeakingLessons) -> float:
    """True length over predicted length, all in all: the loss makes for the median of each duration, not its mean."""
    rows = lessons.learned[:LESSONS_TO_CORRECT_BY]
    phonemes = lessons.phonemes.padded(rows, torch.long)
    mask = mask_of(lessons.phonemes.counts(rows), phonemes.shape[1])
    with torch.no_grad():
        _, log_durations = speaker.encode(phonemes, mask)
    predicted = (torch.exp(log_durations) - 1).clamp_min(0) * mask[..., 0]
    return float(lessons.durations.padded(rows, torch.float32).sum() / predicted.sum())


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum() / mask.sum()
