"""Makes the training pictures, the held-out ones, the vocabulary and the evaluation's cases.

    python3 -m vision.make_data [--pictures 40000]
"""
import argparse
from pathlib import Path

from vision.collection import make_collection
from vision.evaluation_cases import write_cases
from vision.shape import CASES, DATA
from vision.vocabulary import learn_tokenizer

HELD_OUT = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=40_000)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    learn_tokenizer(options.seed).save(options.out / "merges.json")
    make_collection(options.out / "held_out", HELD_OUT, options.seed + 1)
    make_collection(options.out / "training", options.pictures, options.seed + 2)
    write_cases(CASES, options.seed + 3)


if __name__ == "__main__":
    main()
