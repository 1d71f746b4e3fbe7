"""Tools: how a system prompt declares them, what calls them, what comes back."""
import json
from dataclasses import dataclass
from random import Random

from starter_chat.randomness import Pool, ask, invented_word

WEATHERS = ["sunny", "rainy", "cloudy", "windy", "snowy"]
RESULT_KEYS = ["result", "value", "status", "temperature", "answer"]


@dataclass(frozen=True)
class ToolFamily:
    """One kind of tool. Questions and `values` name slots: c city, n name, x phrase, a and b numbers, o object."""
    functions: tuple[str, ...]
    arguments: tuple[str | tuple[str, ...], ...]    # a tuple holds the names one argument may have
    questions: tuple[str, ...]
    values: tuple[str, ...]                         # the slot that each argument takes its value from


@dataclass(frozen=True)
class ToolCall:
    """A declared tool and a question that calls for it."""
    kind: str
    question: str
    function: str
    arguments: tuple[str, ...]
    values: tuple[str | int, ...]

    def signature(self) -> str:
        return f"{self.function}({', '.join(self.arguments)})"

    def as_json(self) -> dict:
        return {"name": self.function, "arguments": dict(zip(self.arguments, self.values))}

    def text(self) -> str:
        """What the assistant writes to make the call."""
        return "<tool_call>" + json.dumps(self.as_json(), ensure_ascii=False) + "</tool_call>"


FAMILIES = {
    "weather": ToolFamily(
        functions=("get_weather", "weather", "fetch_weather", "current_weather", "get_current_weather",
                   "weather_lookup"),
        arguments=(("city", "city", "city", "location", "place", "town"),),
        questions=("What is the weather in {c}?", "What's the weather in {c}?", "How is the weather in {c} today?",
                   "What is the weather like in {c}?", "Tell me the weather in {c}.", "Is it raining in {c}?",
                   "Weather in {c}?"),
        values=("c",)),
    "time": ToolFamily(
        functions=("get_time", "current_time", "get_current_time", "time_in"),
        arguments=(("city", "city", "location", "timezone"),),
        questions=("What time is it in {c}?", "What is the time in {c}?", "Tell me the time in {c}."),
        values=("c",)),
    "search": ToolFamily(
        functions=("search", "web_search", "search_web", "find"),
        arguments=(("query", "query", "q", "text"),),
        questions=("Search the web for {x}", "Search for {x}", "Find information about {x}", "Look up {x}"),
        values=("x",)),
    "add": ToolFamily(
        functions=("add", "add_numbers", "sum"),
        arguments=("a", "b"),
        questions=("Add {a} and {b}.", "Use the tool to add {a} and {b}.", "Please add {a} and {b}."),
        values=("a", "b")),
    "multiply": ToolFamily(
        functions=("multiply", "multiply_numbers", "mul"),
        arguments=("a", "b"),
        questions=("Multiply {a} and {b}.", "Multiply {a} by {b}."),
        values=("a", "b")),
    "timer": ToolFamily(
        functions=("set_timer", "start_timer", "timer"),
        arguments=(("minutes", "duration"),),
        questions=("Set a timer for {a} minutes.", "Start a timer for {a} minutes."),
        values=("a",)),
    "user": ToolFamily(
        functions=("get_user", "find_user", "lookup_user"),
        arguments=(("id", "user_id"),),
        questions=("Show user {a}.", "Get the user with id {a}.", "Find user {a}."),
        values=("a",)),
    "order": ToolFamily(
        functions=("get_order", "order_status", "find_order"),
        arguments=(("id", "order_id"),),
        questions=("Where is order {a}?", "What is the status of order {a}?", "Show order {a}."),
        values=("a",)),
    "music": ToolFamily(
        functions=("play_song", "play_music", "play"),
        arguments=(("title", "song"),),
        questions=("Play the song {x}", "Play {x}"),
        values=("x",)),
    "price": ToolFamily(
        functions=("get_price", "price_of", "lookup_price"),
        arguments=(("product", "item"),),
        questions=("How much does the {o} cost?", "What is the price of the {o}?"),
        values=("o",)),
    "message": ToolFamily(
        functions=("send_message", "send_text", "message"),
        arguments=("to", "text"),
        questions=("Send a message to {n}: {x}", "Tell {n} this: {x}"),
        values=("n", "x")),
    "date": ToolFamily(
        functions=("get_date", "today", "current_date"),
        arguments=(),
        questions=("What is the date today?", "What day is it today?", "What is today's date?"),
        values=()),
}
KINDS_AS_OFTEN_AS_USED = ["weather"] * 4 + ["time", "time", "search", "search", "add", "multiply", "timer", "user",
                                            "order", "music", "price", "message", "date"]


@dataclass(frozen=True)
class _Draw:
    """One family with its slots filled in."""
    functions: tuple[str, ...]
    arguments: tuple[str, ...]
    question: str
    values: tuple[str | int, ...]


def _draw_family(rng: Random, pool: Pool) -> tuple[str, _Draw]:
    slots = {"c": pool.place(), "n": pool.name()}
    pool.word()     # left unused, see starter_chat.randomness
    slots["x"] = " ".join(pool.word() for _ in range(rng.randint(1, 3)))
    slots["a"], slots["b"] = rng.randint(0, 99), rng.randint(0, 99)
    chosen = rng.choice(KINDS_AS_OFTEN_AS_USED)
    drawn = {}
    for kind, family in FAMILIES.items():
        arguments = tuple(name if isinstance(name, str) else rng.choice(name) for name in family.arguments)
        if kind == "price":
            slots["o"] = pool.object()
        question = ask(rng, *family.questions, **slots)
        drawn[kind] = _Draw(family.functions, arguments, question, tuple(slots[name] for name in family.values))
    return chosen, drawn[chosen]


def declare_tools(rng: Random, pool: Pool) -> list[ToolCall]:
    """One to three tools of different kinds, each with a question that calls for it."""
    calls: list[ToolCall] = []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        kind, draw = _draw_family(rng, pool)
        if any(call.kind == kind for call in calls):
            continue
        function, arguments = rng.choice(draw.functions), draw.arguments
        # Some names do not exist, so that the model learns to copy them from the prompt.
        invented = rng.random()
        if invented < .15:
            function = invented_word(rng, 1, 2) + "_" + function
        elif invented < .22:
            function = function + "_" + invented_word(rng, 1, 2)
        if len(arguments) == 1 and rng.random() < .1:
            arguments = (invented_word(rng, 1, 2),)
        calls.append(ToolCall(kind, draw.question, function, arguments, draw.values))
    return calls


def ask_again(rng: Random, pool: Pool, call: ToolCall) -> ToolCall:
    """A fresh question and fresh values for a tool that is already declared."""
    while True:
        kind, draw = _draw_family(rng, pool)
        if kind == call.kind:
            return ToolCall(kind, draw.question, call.function, call.arguments, draw.values)


def tools_prompt(rng: Random, signatures: list[str]) -> str:
    """The words in which a system prompt declares the tools."""
    joined = ", ".join(signatures)
    alone = len(signatures) == 1
    return rng.choice([f"Tools: {joined}"] * 5 + [
        f"Available functions: {joined}",
        f"You can call the function {joined}." if alone else f"You can call these functions: {joined}",
        f"You can use these tools: {joined}",
        f"You have access to the function {joined}." if alone else f"You have access to these functions: {joined}",
        "Functions:\n" + "\n".join(signatures),
    ])


def tool_result(rng: Random, pool: Pool, kind: str) -> str:
    """What a tool of this kind might answer: plain text, or now and then JSON."""
    if kind == "weather":
        text = f"{rng.choice(WEATHERS)}, {rng.randint(-9, 39)} degrees"
    elif kind == "time":
        text = f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}"
    elif kind in ("add", "multiply", "price"):
        text = str(rng.randint(0, 999))
    else:
        text = " ".join(pool.word() for _ in range(rng.randint(1, 4)))
    if rng.random() < .2:
        return json.dumps({rng.choice(RESULT_KEYS): rng.randint(0, 99) if rng.random() < .5 else pool.word()})
    return text
