#!/usr/bin/python3
"""Measure an exported model through llama-server.

Exact-match accuracy per behaviour on held-out conversations (names, places, words and objects that training never
used), then the fixtures.

    python3 evaluate.py --server /path/to/llama-server [starter-chat-f16.gguf ...]
"""
import argparse
import json
from pathlib import Path
from random import Random

from starter_chat.evaluation.llama_server import LlamaServer
from starter_chat.evaluation.questions import questions_by_behaviour, tool_questions
from starter_chat.evaluation.report import Evaluation, evaluate_model
from starter_chat.tokenizer.pieces import Piece
from starter_chat.tokenizer.tokenizer import Tokenizer

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
MODEL = PROJECT / "models/starter/starter-chat/starter-chat-q8_0.gguf"
FIXTURES = PROJECT / "test/fixtures/starter-chat/fixtures.json"


def main() -> None:
    args = _arguments()
    held_out = args.words == "held-out"
    evaluation = Evaluation(
        questions=questions_by_behaviour(Random(args.seed), held_out, args.per),
        tool_questions=tool_questions(Random(args.seed + 1), held_out, args.per),
        fixtures=json.loads(Path(args.fixtures).read_text())["fixtures"] if args.fixtures else [],
        tokenizer=Tokenizer([Piece(*piece) for piece in json.loads(Path(args.vocab).read_text())]),
        misses_shown=args.show,
    )
    report = {"how": "llama-server /v1/chat/completions, temperature 0, exact match of the whole answer",
              "words": args.words, "seed": args.seed, "models": {}}
    for model in args.models:
        with LlamaServer(args.server, model) as server:
            result = evaluate_model(server, evaluation)
        report["models"][Path(model).name] = result
        print(model, "overall", result["overall"], "tokenizer", result["tokenizer_agrees"],
              "fixtures", result.get("fixtures"), result["seconds"], "s")
    Path(args.out).write_text(json.dumps(report, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="*", default=[str(MODEL)], help="default: the one in models/starter")
    parser.add_argument("--server", default="llama-server")
    parser.add_argument("--per", type=int, default=60, help="questions per behaviour")
    parser.add_argument("--seed", type=int, default=4242)
    parser.add_argument("--words", choices=("held-out", "train"), default="held-out",
                        help="word lists to draw names, places and objects from")
    parser.add_argument("--vocab", default=str(HERE / "vocab.json"), help="the tokenizer the models were made with")
    parser.add_argument("--fixtures", default=str(FIXTURES), help="\"\" for none")
    parser.add_argument("--out", default="eval.json")
    parser.add_argument("--show", type=int, default=3, help="print this many misses per behaviour")
    return parser.parse_args()


if __name__ == "__main__":
    main()
