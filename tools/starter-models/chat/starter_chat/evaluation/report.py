"""Asks one model all questions and reports how many answers are right."""
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random

from starter_chat.conversations.conversation import conversation
from starter_chat.evaluation.checks import is_expected, is_right, tool_calls
from starter_chat.evaluation.llama_server import SLOTS, LlamaServer
from starter_chat.evaluation.questions import Question, ToolQuestion
from starter_chat.randomness import Pool
from starter_chat.tokenizer.tokenizer import Tokenizer

TOKENIZER_SEED, TOKENIZER_CONVERSATIONS = 9, 300


@dataclass(frozen=True)
class Evaluation:
    questions: dict[str, list[Question]]        # by behaviour
    tool_questions: list[ToolQuestion]
    fixtures: list[dict]
    tokenizer: Tokenizer
    misses_shown: int                           # per behaviour


@dataclass(frozen=True)
class _Answered:
    question: Question | ToolQuestion
    expected: object
    got: object
    right: bool


def evaluate_model(server: LlamaServer, evaluation: Evaluation) -> dict:
    """The model's part of eval.json."""
    report = {"tokenizer_agrees": _tokenizer_agreement(server, evaluation.tokenizer)}
    start = time.time()
    answered = _ask_all(server, evaluation)
    report["accuracy"] = {behaviour: _share_right(answers) for behaviour, answers in answered.items()}
    every = [answer for answers in answered.values() for answer in answers]
    report["overall"] = round(sum(answer.right for answer in every) / len(every), 4)
    report["seconds"] = round(time.time() - start, 1)
    if evaluation.fixtures:
        report["fixtures"] = _fixtures_right(server, evaluation.fixtures)
    return report


def _tokenizer_agreement(server: LlamaServer, tokenizer: Tokenizer) -> str:
    """On how many messages the tokenizer used in training agrees with llama.cpp's."""
    rng = Random(TOKENIZER_SEED)
    pool = Pool(rng, held_out=True)
    texts = [message["content"] for _ in range(TOKENIZER_CONVERSATIONS) for message in conversation(rng, pool)]
    same = sum(server.tokenize(text) == tokenizer.encode(text) for text in texts)
    return f"{same}/{len(texts)}"


def _ask_all(server: LlamaServer, evaluation: Evaluation) -> dict[str, list[_Answered]]:
    answered = {}
    with ThreadPoolExecutor(SLOTS) as executor:
        for behaviour in sorted(evaluation.questions):
            ask = partial(_ask, server, behaviour)
            answered[behaviour] = list(executor.map(ask, evaluation.questions[behaviour]))
            _print_result(behaviour, answered[behaviour], evaluation.misses_shown)
        answered["tools_native"] = list(executor.map(partial(_ask_for_tool, server), evaluation.tool_questions))
        _print_result("tools_native", answered["tools_native"], evaluation.misses_shown)
    return answered


def _ask(server: LlamaServer, behaviour: str, question: Question) -> _Answered:
    choice = server.chat(question.messages)
    right = is_right(behaviour, question, choice)
    return _Answered(question, question.answer, choice["message"]["content"], right)


def _ask_for_tool(server: LlamaServer, question: ToolQuestion) -> _Answered:
    choice = server.chat(question.messages, tools=question.tools)
    calls = tool_calls(choice)
    return _Answered(question, question.call, calls or choice["message"]["content"], calls == [question.call])


def _print_result(behaviour: str, answers: list[_Answered], misses_shown: int) -> None:
    right = sum(answer.right for answer in answers)
    print(f"{behaviour:18} {right}/{len(answers)}", flush=True)
    for miss in [answer for answer in answers if not answer.right][:misses_shown]:
        asked = [message["content"] for message in miss.question.messages][-5:]
        print("      ", asked, "| want", repr(miss.expected)[:150], "| got", repr(miss.got)[:150], flush=True)


def _share_right(answers: list[_Answered]) -> dict:
    right = sum(answer.right for answer in answers)
    return {"right": right, "of": len(answers), "share": round(right / len(answers), 3)}


def _fixtures_right(server: LlamaServer, fixtures: list[dict]) -> dict:
    missed = []
    for fixture in fixtures:
        parameters = dict(fixture.get("params", {}))
        if "tools" in fixture:
            parameters["tools"] = fixture["tools"]
        choice = server.chat(fixture["messages"], **parameters)
        if not is_expected(fixture, choice):
            missed.append(fixture["id"])
            print("FIXTURE MISS", fixture["id"], "| want", fixture.get("expect", fixture.get("expect_tool_call")),
                  "| got", choice["message"], flush=True)
    return {"right": len(fixtures) - len(missed), "of": len(fixtures), "missed": missed}
