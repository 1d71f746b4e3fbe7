"""The tokenizer that a training run learns on a sample of its own conversations."""
import json
import time
from random import Random

from starter_chat.conversations.conversation import conversation
from starter_chat.randomness import Pool
from starter_chat.tokenizer.learning import learn_pieces
from starter_chat.tokenizer.tokenizer import Tokenizer

SAMPLE_CONVERSATIONS = 12000


def learn_tokenizer(seed: int, size: int, vocabulary_file: str) -> Tokenizer:
    """A tokenizer of `size` pieces, which are also written to `vocabulary_file` as JSON."""
    start = time.time()
    rng = Random(seed)
    pool = Pool(rng)
    sample = [message["role"] + "\n" + message["content"]
              for _ in range(SAMPLE_CONVERSATIONS) for message in conversation(rng, pool)]
    tokenizer = Tokenizer(learn_pieces(sample, size))
    with open(vocabulary_file, "w") as file:
        json.dump(tokenizer.pieces, file, ensure_ascii=False)
    characters = sum(map(len, sample))
    tokens = sum(len(tokenizer.encode(text)) for text in sample)
    print(f"vocabulary {len(tokenizer.pieces)}, {characters / tokens:.2f} characters per token, "
          f"{time.time() - start:.0f} s", flush=True)
    return tokenizer
