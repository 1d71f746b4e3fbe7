"""espeak-ng as a library: the sound of a text together with the phonemes it speaks and when."""
import ctypes
import re
from dataclasses import dataclass

import numpy as np

from voice.settings import ESPEAK_VOICE, ESPEAK_WORDS_A_MINUTE, SAMPLE_RATE

# From espeak-ng's speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_PHONEME_EVENTS = 1
PARAMETER_RATE = 1
CHARACTERS_UTF8 = 1
POSITION_CHARACTER = 1
EVENT_LIST_TERMINATED, EVENT_WORD, EVENT_PHONEME = 0, 1, 7
SEPARATOR = "/"
STRESS_MARKS = "',%="
PAUSE = "_"
_PAUSES_BEFORE = re.compile(r"^(?:_[:!|]*)+")


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class Phoneme:
    """One phoneme as espeak names it, its stress mark in front (`'eI`), or a pause (`_:`)."""

    name: str
    word: int  # which of the text's words it belongs to
    start: int  # in samples


@dataclass(frozen=True)
class Speech:
    samples: np.ndarray  # int16 [n]
    phonemes: list[Phoneme]
    word_starts: list[int]  # each word's first character in the text


class Espeak:
    """One voice of espeak-ng. The library keeps global state, so there is one of these in a process."""

    def __init__(self, voice: str = ESPEAK_VOICE) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        rate = self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, None, INITIALIZE_PHONEME_EVENTS)
        if rate != SAMPLE_RATE:
            raise RuntimeError(f"espeak-ng speaks at {rate} Hz, not {SAMPLE_RATE}")
        self._callback = _Callback(self._collect)  # kept, or it would be freed under espeak's feet
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_SetVoiceByName(voice.encode())
        self._library.espeak_SetParameter(PARAMETER_RATE, ESPEAK_WORDS_A_MINUTE, 0)

    def speak(self, text: str) -> Speech | None:
        """None where espeak's two accounts of the phonemes differ (then their stress is not known)."""
        self._sound: list[bytes] = []
        self._phonemes: list[Phoneme] = []
        self._word_starts: list[int] = []
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, POSITION_CHARACTER, 0, CHARACTERS_UTF8, None, None)
        samples = np.frombuffer(b"".join(self._sound), np.int16)
        phonemes = self._with_stress(self._phonemes, self._stressed_names(data))
        if phonemes is None or not self._word_starts:
            return None
        return Speech(samples, phonemes, self._word_starts)

    def _collect(self, sound, sample_count: int, events) -> int:
        if sample_count:
            self._sound.append(ctypes.string_at(sound, sample_count * 2))
        index = 0
        while events[index].type != EVENT_LIST_TERMINATED:
            event = events[index]
            if event.type == EVENT_WORD:
                self._add_word(event.text_position - 1)
            elif event.type == EVENT_PHONEME:
                word = max(0, len(self._word_starts) - 1)
                self._phonemes.append(Phoneme(event.id.string.decode(), word, event.sample))
            index += 1
        return 0

    def _add_word(self, start: int) -> None:
        """Some last words of a clause come with a place that was before; they are taken as part of the word before."""
        if start > max(self._word_starts, default=-1):
            self._word_starts.append(start)

    def _stressed_names(self, data: bytes) -> list[str]:
        """The text's phonemes with stress marks and without times; pauses left out."""
        held = ctypes.c_char_p(data)
        rest = ctypes.c_void_p(ctypes.cast(held, ctypes.c_void_p).value)
        names: list[str] = []
        while rest.value:
            clause = self._library.espeak_TextToPhonemes(ctypes.byref(rest), CHARACTERS_UTF8, ord(SEPARATOR) << 8)
            names += (clause or b"").decode().replace(" ", SEPARATOR).split(SEPARATOR)
        without_pauses = (_PAUSES_BEFORE.sub("", name) for name in names)
        return [name for name in without_pauses if name.lstrip(STRESS_MARKS)]

    @staticmethod
    def _with_stress(phonemes: list[Phoneme], names: list[str]) -> list[Phoneme] | None:
        spoken = [phoneme for phoneme in phonemes if not phoneme.name.startswith(PAUSE)]
        if [phoneme.name for phoneme in spoken] != [name.lstrip(STRESS_MARKS) for name in names]:
            return None
        stressed = iter(names)
        return [
            phoneme if phoneme.name.startswith(PAUSE) else Phoneme(next(stressed), phoneme.word, phoneme.start)
            for phoneme in phonemes
        ]
