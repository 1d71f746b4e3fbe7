"""Trains the autoencoder, then the denoiser.

    python3 -m image.train [--minutes 60] [--resume | --from-exported]

`--from-exported` goes on from the published files instead of from random weights.
"""
import argparse

from common.process import prepare

if __name__ == "__main__":
    prepare(threads=1)

from image import train_diffusion, train_vae

VAE_SHARE = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60, help="processor minutes for both together")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoints")
    parser.add_argument("--from-exported", action="store_true", help="start from the published files")
    args = parser.parse_args()
    train_vae.train(args.minutes * VAE_SHARE, args.resume, args.from_exported)
    train_diffusion.train(args.minutes * (1 - VAE_SHARE), args.resume, args.from_exported)


if __name__ == "__main__":
    main()
