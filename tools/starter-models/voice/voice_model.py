"""The whole voice as Piper runs it: symbol numbers to sound, in one graph."""
import torch
from torch import Tensor, nn

from voice.blocks import keep_only, mask_of
from voice.reader import Reader
from voice.settings import HOP
from voice.speaker import Speaker
from voice.symbols import IDS, PAD, START
from voice.vocoder import Vocoder

NO_PHONEME = -1
SENTENCE_PAUSES = ("_.", "_?", "_!")
SHORTEST_SENTENCE_PAUSE = 45.0  # frames: 0.26 s
DURATION_NOISE = 0.1  # of log duration, at noise_w = 1
GAIN = 0.8  # leaves room for the peaks, which are sharper than espeak-ng's


class VoiceModel(nn.Module):
    """`length_correction` multiplies all durations, by which those of the speaker are too short on average."""

    def __init__(
        self,
        reader: Reader,
        speaker: Speaker,
        labels: list[list[str]],
        phonemes: list[str],
        length_correction: float = 1.0,
    ) -> None:
        super().__init__()
        self.length_correction = length_correction
        self.reader, self.speaker, self.vocoder = reader, speaker, Vocoder()
        numbers = {name: index for index, name in enumerate(phonemes)}
        longest = max(len(label) for label in labels)
        table = [[numbers[name] for name in label] + [NO_PHONEME] * (longest - len(label)) for label in labels]
        self.register_buffer("phonemes_of_label", torch.tensor(table, dtype=torch.long))
        least = [SHORTEST_SENTENCE_PAUSE * (name in SENTENCE_PAUSES) for name in phonemes]
        self.register_buffer("least_inside", torch.tensor(least))

    def forward(self, input: Tensor, input_lengths: Tensor, scales: Tensor) -> Tensor:
        """`input` int64 [B, T] with pads between the symbols, `scales` = noise_scale, length_scale, noise_w.

        Samples [B, 1, 1, N] between -1 and 1.
        """
        noise_scale, length_scale, noise_w = scales[0], scales[1], scales[2]
        phonemes, counts = self.read(input, input_lengths)
        mask = mask_of(counts, phonemes.shape[1])
        encoding, log_durations = self.speaker.encode(phonemes, mask)
        log_durations = log_durations + torch.randn_like(log_durations) * noise_w * DURATION_NOISE
        durations = self._durations(phonemes, counts, log_durations) * mask[..., 0] * length_scale
        frame_counts = torch.clamp_min(torch.round(durations.sum(1)), 1).long()
        frame_mask = mask_of(frame_counts, frame_counts.max())
        frames = self.speaker.decode(encoding, durations, frame_mask)
        sound = self.vocoder(frames.pitch, frames.envelope, frames.noise, noise_scale)
        sound = sound * frame_mask.repeat(1, 1, HOP).flatten(1)
        return (GAIN * sound).clamp(-1, 1)[:, None, None, :]

    def _durations(self, phonemes: Tensor, counts: Tensor, log_durations: Tensor) -> Tensor:
        """In frames. A pause between sentences has a least length: in the lessons most of them end the text."""
        durations = (torch.exp(log_durations) - 1).clamp_min(0) * self.length_correction
        inside = torch.arange(phonemes.shape[1], device=phonemes.device)[None, :] < counts[:, None] - 1
        return torch.maximum(durations, self.least_inside[phonemes] * inside.float())

    def read(self, input: Tensor, input_lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The phonemes [B, P] and how many each row has: always one, so that there is something to say."""
        inside = torch.arange(input.shape[1], device=input.device)[None, :] < input_lengths[:, None]
        characters, counts = keep_only(input, inside & (input != IDS[PAD]) & (input != IDS[START]))
        labels = self.reader(characters, mask_of(counts, characters.shape[1])).argmax(2)
        written = (torch.arange(characters.shape[1], device=input.device)[None, :] < counts[:, None])[..., None]
        said = self.phonemes_of_label[labels]
        wanted = (said != NO_PHONEME) & written
        phonemes, counts = keep_only(said.flatten(1), wanted.flatten(1))
        return phonemes, counts.clamp_min(1)
