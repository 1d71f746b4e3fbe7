#!/usr/bin/python3
"""Train a very small chat model from scratch and write it as a GGUF file.

It generates its own multi-turn chat data (English, with some French and Russian), learns a byte-fallback BPE vocabulary
on it, trains a llama-architecture transformer on the CPU, and writes a GGUF v3 file that llama.cpp loads, chat template
included. Needs python3-torch and python3-numpy (Debian 12 packages are enough), no downloads.

    /usr/bin/python3 train.py --minutes 55 --out starter-chat-f16.gguf
    /usr/bin/python3 train.py --sample 5          # only print generated conversations
"""
import argparse
from random import Random

from starter_chat.conversations.conversation import conversation
from starter_chat.model.shape import ModelShape
from starter_chat.randomness import Pool
from starter_chat.training.process import cpu_flags, restart_tuned
from starter_chat.training.settings import TrainingSettings


def main() -> None:
    args = _arguments()
    if args.sample:
        _print_conversations(args.seed, args.sample)
        return
    flags = cpu_flags()
    restart_tuned(flags)
    # Loads torch, which has to come after the restart.
    from starter_chat.training.run import train
    train(_settings(args, flags))


def _arguments() -> argparse.Namespace:
    usual = ModelShape()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default="starter-chat-f16.gguf", help="vocab.json is written next to it")
    parser.add_argument("--minutes", type=float, default=55, help="training budget (the schedule follows the clock)")
    parser.add_argument("--steps", type=int, default=0, help="train exactly this many steps instead (repeatable)")
    parser.add_argument("--vocab", type=int, default=2048)
    parser.add_argument("--bf16", choices=("auto", "yes", "no"), default="auto",
                        help="mixed precision; auto: when the CPU has avx512_bf16")
    parser.add_argument("--tokens", type=int, default=3072, help="tokens per micro-batch")
    parser.add_argument("--accum", type=int, default=2, help="micro-batches per step")
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--optimizer", choices=("adamw", "muon"), default="muon",
                        help="muon: orthogonalized momentum for the block matrices, AdamW for the rest; "
                             "adamw: AdamW for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layers", type=int, default=usual.layers)
    parser.add_argument("--ffn", type=int, default=usual.ffn)
    parser.add_argument("--heads", type=int, default=usual.heads)
    parser.add_argument("--log-every", type=int, default=50)
    parser.add_argument("--eval-every", type=int, default=500)
    parser.add_argument("--sample", type=int, default=0, help="print this many generated conversations and stop")
    parser.add_argument("--checkpoint", default="",
                        help="where to save the weights at the end and every --eval-every steps")
    return parser.parse_args()


def _print_conversations(seed: int, number: int) -> None:
    rng = Random(seed)
    for _ in range(number):
        for message in conversation(rng, Pool(rng)):
            print(f"{message['role']:>9} {message.get('skill', ''):<14} {message['content']}")
        print()


def _settings(args: argparse.Namespace, flags: set[str]) -> TrainingSettings:
    return TrainingSettings(
        out=args.out,
        minutes=args.minutes,
        steps=args.steps,
        vocabulary=args.vocab,
        bf16=args.bf16 == "yes" or args.bf16 == "auto" and "avx512_bf16" in flags,
        tokens=args.tokens,
        accumulate=args.accum,
        learning_rate=args.lr,
        optimizer=args.optimizer,
        seed=args.seed,
        threads=args.threads,
        shape=ModelShape(layers=args.layers, ffn=args.ffn, heads=args.heads),
        log_every=args.log_every,
        eval_every=args.eval_every,
        checkpoint=args.checkpoint,
    )


if __name__ == "__main__":
    main()
