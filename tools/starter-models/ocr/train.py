"""Trains both networks: `python3 -m ocr.train --minutes 40` from tools/starter-models; minutes of processor time."""
import argparse
from pathlib import Path

from common.process import prepare

DATA = Path(__file__).parents[3] / "data/starter-models/ocr"
DETECTOR_SHARE = 0.3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=40)
    options.add_argument("--only", choices=("detector", "recogniser"), help="one network, with all the minutes")
    options.add_argument("--resume", action="store_true", help="go on from the last checkpoint; give the same minutes")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--threads", type=int, default=1)
    args = options.parse_args()
    prepare(args.threads)

    from common.process import seed_all
    from ocr.training.detector_run import train_detector
    from ocr.training.recogniser_run import train_recogniser

    shares = {"detector": DETECTOR_SHARE, "recogniser": 1 - DETECTOR_SHARE}
    for name, train in {"detector": train_detector, "recogniser": train_recogniser}.items():
        if args.only in (None, name):
            seed_all(args.seed)
            minutes = args.minutes * (1.0 if args.only else shares[name])
            train(args.data, args.data / f"{name}.pt", minutes, args.resume)


if __name__ == "__main__":
    main()
