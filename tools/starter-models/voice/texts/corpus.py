"""The texts that the voice learns from, in the order in which they are made: all from one seed."""
from itertools import islice
from random import Random

from voice.texts import sentences
from voice.texts.word_lists import COMMON_LIST, FULL_LIST, dictionary

TEMPLATES, FROM_CHAT, SPELLED = 14000, 7000, 2500
TIMES_COMMON_WORDS = 2  # on top of the once that every word of the full list is read


def corpus(random: Random, held_out: set[str]) -> list[str]:
    """About 60,000 texts in random order, no two the same, none of them `held_out`."""
    texts = [sentences.from_template(random) for _ in range(TEMPLATES)]
    texts += islice(_new(sentences.from_chat(random)), FROM_CHAT)
    texts += [sentences.spelled(random) for _ in range(SPELLED)]
    for words in [dictionary(FULL_LIST)] + [dictionary(COMMON_LIST)] * TIMES_COMMON_WORDS:
        texts += sentences.of_words(words, random)
    texts = [text for text in dict.fromkeys(texts) if text not in held_out and len(text) <= sentences.LONGEST]
    random.shuffle(texts)
    return texts


def _new(texts):
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text
