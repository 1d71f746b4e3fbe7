"""What the model is asked, and the answers that count as right."""
from dataclasses import dataclass
from random import Random

from starter_chat.conversations.conversation import Message, conversation
from starter_chat.randomness import Pool
from starter_chat.skills.tools import ToolCall, declare_tools

FEWEST_CONVERSATIONS = 3000     # enough for every behaviour to have come up
MOST_CONVERSATIONS = 60000
SYSTEM_PROMPTS = ([], [{"role": "system", "content": "You are a helpful assistant."}])


@dataclass(frozen=True)
class Question:
    messages: list[Message]     # all that comes before the answer
    answer: str


@dataclass(frozen=True)
class ToolQuestion:
    messages: list[Message]
    tools: list[dict]           # as the API declares them
    call: dict                  # {"name", "arguments"}


def questions_by_behaviour(rng: Random, held_out: bool, per_behaviour: int) -> dict[str, list[Question]]:
    pool = Pool(rng, held_out)
    found: dict[str, list[Question]] = {}
    for tried in range(1, MOST_CONVERSATIONS + 1):
        messages = conversation(rng, pool)
        for i, message in enumerate(messages):
            if message["role"] == "assistant":
                questions = found.setdefault(message["skill"], [])
                if len(questions) < per_behaviour:
                    questions.append(Question(messages[:i], message["content"]))
        if tried > FEWEST_CONVERSATIONS and all(len(questions) >= per_behaviour for questions in found.values()):
            break
    return found


def tool_questions(rng: Random, held_out: bool, number: int) -> list[ToolQuestion]:
    """Requests that declare tools the OpenAI way instead of writing them in the system prompt."""
    pool = Pool(rng, held_out)
    questions = []
    for _ in range(number):
        calls = declare_tools(rng, pool)
        call = rng.choice(calls)
        messages = rng.choice(SYSTEM_PROMPTS) + [{"role": "user", "content": call.question}]
        questions.append(ToolQuestion(messages, [_declaration(each) for each in calls], call.as_json()))
    return questions


def _declaration(call: ToolCall) -> dict:
    properties = {name: {"type": "integer" if isinstance(value, int) else "string"}
                  for name, value in zip(call.arguments, call.values)}
    return {"type": "function", "function": {
        "name": call.function, "description": call.function,
        "parameters": {"type": "object", "properties": properties, "required": list(call.arguments)}}}
