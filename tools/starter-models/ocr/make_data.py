"""Draws what training and evaluation read: `python3 -m ocr.make_data` from tools/starter-models."""
import argparse
from pathlib import Path
from random import Random

from ocr.evaluation_set import make_evaluation
from ocr.printing.fonts import training_fonts
from ocr.training.line_data import make_lines
from ocr.training.page_data import make_pages

DATA = Path(__file__).parents[3] / "data/starter-models/ocr"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--only", choices=("lines", "pages", "evaluation"), help="one part, instead of all")
    options.add_argument("--lines", type=int, default=120_000)
    options.add_argument("--pages", type=int, default=1500)
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args()
    parts = {
        "evaluation": lambda: make_evaluation(args.data / "evaluation", Random(args.seed + 2000)),
        "pages": lambda: make_pages(args.data / "pages", training_fonts(), args.pages, Random(args.seed + 1)),
        "lines": lambda: make_lines(args.data / "lines", training_fonts(), args.lines, Random(args.seed)),
    }
    for name, make in parts.items():
        if args.only in (None, name):
            make()
            print(f"{name}: {args.data / name}", flush=True)


if __name__ == "__main__":
    main()
