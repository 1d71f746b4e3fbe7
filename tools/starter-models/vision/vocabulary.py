"""The vocabulary: learned on conversations, so that the words of this world are one token each."""
from random import Random

from vision.conversation import about_none, about_one, about_two
from vision.tokenizer import Tokenizer, learn_merges
from world.scene import random_scene

MERGES = 345
CONVERSATIONS = 6000


def learn_tokenizer(seed: int) -> Tokenizer:
    random = Random(seed)
    texts = ["system\nuser\nassistant\n"] * CONVERSATIONS
    for _ in range(CONVERSATIONS):
        first, second = (random_scene(random, random.choice((1, 2, 3))) for _ in range(2))
        for conversation in (about_one(random, first), about_two(random, first, second), about_none(random)):
            texts += [text for turn in conversation.turns for text in (turn.question, turn.answer)]
            texts.append(conversation.system or "")
    return Tokenizer(learn_merges(texts, MERGES))
