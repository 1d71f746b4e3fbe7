"""Trains the autoencoder, then the denoiser.

    python3 -m image.train [--minutes 46] [--resume]
"""
import argparse

from common.process import prepare

if __name__ == "__main__":
    prepare(threads=1)

from image import train_diffusion, train_vae

VAE_SHARE = 0.13


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=46, help="processor minutes for both together")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoints")
    args = parser.parse_args()
    train_vae.train(args.minutes * VAE_SHARE, args.resume)
    train_diffusion.train(args.minutes * (1 - VAE_SHARE), args.resume)


if __name__ == "__main__":
    main()
