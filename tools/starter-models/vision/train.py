"""Trains starter-vision on the pictures that make_data made.

    python3 -m vision.train --minutes 60

Three stages share the minutes: conversations that teach the whole network, the lesson in which names learn to look
(`look_up_lesson.py`), and conversations that teach the decoder alone. Writes data/starter-models/vision/model.pt now
and then and at the end. `--resume` goes on from there, `--from-exported` from the exported graphs, whose vocabulary it
takes over; `--stages` says which stages to go through.
"""
import argparse
from pathlib import Path
from random import Random

from common.process import Budget, prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import torch

from vision.accuracy import accuracy, as_line
from vision.batches import batches
from vision.collection import Collection
from vision.conversation_lesson import converse
from vision.exported_weights import exported_tokenizer, load_exported
from vision.look_up_lesson import teach_look_up
from vision.model import VisionModel
from vision.shape import DATA, EXPORTED
from vision.tokenizer import Tokenizer

PICTURES = 24  # a step
SHARES = {"together": 0.55, "look-up": 0.05, "decoder": 0.4}  # of the minutes
EXPORTED_BATCHES = 16  # by which the exported model's statistics are measured
HELD_OUT = 600  # pictures


def main() -> None:
    options = _options()
    seed_all(options.seed)
    random = Random(options.seed)
    if options.from_exported:
        exported_tokenizer(EXPORTED).save(options.data / "merges.json")
    tokenizer = Tokenizer.load(options.data / "merges.json")
    collections = [Collection(options.data / name) for name in options.collections]
    held_out = Collection(options.data / "held_out")
    stream = _mixed(collections, tokenizer, random)
    model = VisionModel(len(tokenizer))
    checkpoint = options.data / "model.pt"
    if options.from_exported:
        load_exported(model, EXPORTED, torch.cat([next(stream).pictures for _ in range(EXPORTED_BATCHES)]))
    elif options.resume:
        model.load_state_dict(torch.load(checkpoint))
    model.encoder.to(memory_format=torch.channels_last)
    whole = sum(SHARES[stage] for stage in options.stages)
    for stage in options.stages:
        print(f"stage: {stage}", flush=True)
        budget = Budget(options.minutes * SHARES[stage] / whole)
        if stage == "look-up":
            teach_look_up(model, collections[0], tokenizer, random, budget, options.rate)
        else:
            converse(model, stream, tokenizer, budget, options.rate, stage == "together", held_out, checkpoint)
        torch.save(model.state_dict(), checkpoint)
    print(as_line(accuracy(model, held_out, tokenizer, HELD_OUT)))


def _mixed(collections: list[Collection], tokenizer: Tokenizer, random: Random):
    """Batches from every collection, as often as it has pictures."""
    streams = [batches(collection, tokenizer, random, PICTURES) for collection in collections]
    while True:
        yield next(random.choices(streams, [len(collection) for collection in collections])[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60, help="processor minutes of one thread")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--collections", nargs="+", default=["training"], help="folders of pictures within the data")
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    parser.add_argument("--stages", nargs="+", choices=SHARES, default=list(SHARES))
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    start.add_argument("--from-exported", action="store_true", help="go on from the exported graphs")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
