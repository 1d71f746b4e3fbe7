"""What every part of starter-voice agrees on: the sound's rates and sizes, the espeak voice, and where files lie."""
from pathlib import Path

SAMPLE_RATE = 22050  # espeak-ng's own rate, so that nothing is resampled
HOP = 128  # samples a frame: 5.8 ms
ESPEAK_VOICE = "en-us"
ESPEAK_WORDS_A_MINUTE = 160

ENVELOPE_BANDS = 64  # points of the spectral envelope, equally spaced in mel from 0 Hz to half the sample rate
LOG_FLOOR = -9.0  # the quietest natural-log amplitude that the envelope keeps
NOISE_EDGES = (0, 1000, 2500, 5000, 11025)  # Hz: between these, one share of noise each
NOISE_BANDS = len(NOISE_EDGES) - 1
LOWEST_PITCH, HIGHEST_PITCH = 65.0, 180.0  # Hz, of this voice

REPOSITORY = Path(__file__).resolve().parents[3]
WORK = REPOSITORY / "data" / "starter-models" / "voice"
MODEL_ID = "starter-voice"
EXPORTED = REPOSITORY / "models" / "starter" / MODEL_ID
