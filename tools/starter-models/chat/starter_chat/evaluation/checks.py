"""Whether a completion is right. `choice` is the first choice of a chat completion."""
import json
import re

from starter_chat.evaluation.questions import Question
from starter_chat.skills.poems import STANZAS, TOPICS


def is_right(behaviour: str, question: Question, choice: dict) -> bool:
    """Stories and poems have no single right answer; all others have to match word for word."""
    if behaviour == "story":
        return _is_story(question, choice)
    if behaviour == "poem":
        return _is_poem(question, choice)
    return choice["message"]["content"] == question.answer


def _is_story(question: Question, choice: dict) -> bool:
    """It comes to its end, and keeps the hero and the name that were asked for."""
    asked, told = question.messages[-1]["content"], choice["message"]["content"]
    if choice["finish_reason"] != "stop":
        return False
    if re.search("[а-яё]", asked):
        return told.endswith("Конец.")
    if re.search(r"\b[Rr]aconte", asked):
        return told.endswith("Fin.")
    name = re.search(r"named (\w+)", asked)
    hero = re.search(r"about an? (\w+)", asked)
    return told.endswith("The end.") and (not name or name[1] in told) and (not hero or hero[1] in told)


def _is_poem(question: Question, choice: dict) -> bool:
    """Four stanzas in order, each one of the known ones, on the topic that was asked for."""
    if choice["finish_reason"] != "stop":
        return False
    asked = question.messages[-1]["content"].lower()
    stanzas = choice["message"]["content"].lower().split("\n\n")
    topics = [topic for topic in TOPICS if "about " + topic in asked] or TOPICS
    return any(_are_stanzas_on(topic, stanzas) for topic in topics)


def _are_stanzas_on(topic: str, stanzas: list[str]) -> bool:
    return len(stanzas) == len(STANZAS) and all(
        stanza in [known.lower().replace("{t}", topic) for known in alternatives]
        for stanza, alternatives in zip(stanzas, STANZAS))


def tool_calls(choice: dict) -> list[dict]:
    """The calls as {"name", "arguments"}."""
    return [{"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}
            for call in choice["message"].get("tool_calls") or []]


def is_expected(fixture: dict, choice: dict) -> bool:
    if "expect_tool_call" in fixture:
        return tool_calls(choice) == [fixture["expect_tool_call"]]
    if "finish_reason" in fixture and choice["finish_reason"] != fixture["finish_reason"]:
        return False
    return choice["message"]["content"] == fixture["expect"]
