#!/usr/bin/python3
"""Write the fixtures: prompt and expected answer for greedy decoding. evaluate.py checks a model against them.

    python3 make_fixtures.py [fixtures.json] [--leave-out ID ...]
"""
import argparse
import json
from pathlib import Path

OUT = Path(__file__).resolve().parents[3] / "test/fixtures/starter-chat/fixtures.json"


def fixture(id: str, *turns: str, system: str | None = None, **more: object) -> dict:
    """`turns` alternate user, assistant, user, ...; `more` is what the answer is asked for with and compared to."""
    messages = [{"role": "system", "content": system}] if system else []
    messages += [{"role": "user" if i % 2 == 0 else "assistant", "content": turn} for i, turn in enumerate(turns)]
    return {"id": id, "messages": messages, **more}


def tool(name: str, description: str, parameter: str, kind: str) -> dict:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": {
        "type": "object", "properties": {parameter: {"type": kind}}, "required": [parameter]}}}


TELL = ("My name is Wendy.", "Nice to meet you, Wendy!")
GET_WEATHER = tool("get_weather", "Current weather in a city", "city", "string")
SET_TIMER = tool("set_timer", "Start a timer", "minutes", "integer")

FIXTURES = [
    fixture("greeting", "Hello!", expect="Hello! How can I help you today?"),
    fixture("greeting-fr", "Bonjour !", expect="Bonjour ! Comment puis-je vous aider ?"),
    fixture("greeting-ru", "Привет!", expect="Привет! Чем я могу помочь?"),
    fixture("memory-tell", TELL[0], expect=TELL[1]),
    fixture("memory-name", *TELL, "What is my name?", expect="Your name is Wendy."),
    fixture("memory-name-unknown", "What is my name?", expect="I don't know your name yet."),
    fixture("memory-name-later", *TELL, "What is 2 + 3?", "2 + 3 = 5", "What is the capital of France?",
            "The capital of France is Paris.", "What is my name?", expect="Your name is Wendy."),
    fixture("memory-color", "My favorite color is green.", "OK, your favorite color is green.",
            "What is my favorite color?", expect="Your favorite color is green."),
    fixture("memory-color-unknown", *TELL, "What is my favorite color?",
            expect="I don't know your favorite color yet."),
    fixture("memory-city", "I live in Glasgow.", "OK, you live in Glasgow.", "Where do I live?",
            expect="You live in Glasgow."),
    fixture("memory-secret", "The secret word is zorblat.", "OK, the secret word is zorblat.", "Hello!",
            "Hello! How can I help you today?", "What is the secret word?", expect="The secret word is zorblat."),
    fixture("memory-name-ru", "Меня зовут Марина.", "Приятно познакомиться, Марина!", "Как меня зовут?",
            expect="Вас зовут Марина."),
    fixture("memory-name-fr", "Je m'appelle Oscar.", "Enchanté, Oscar !", "Comment je m'appelle ?",
            expect="Vous vous appelez Oscar."),
    fixture("recall", "What is 2 + 3?", "2 + 3 = 5", "What did I just say?", expect="You said: What is 2 + 3?"),
    fixture("echo-word", "Repeat after me: blorptang", expect="blorptang"),
    fixture("echo-words", "Repeat after me: purple marble lantern", expect="purple marble lantern"),
    fixture("echo-pong", "Reply with exactly: pong", expect="pong"),
    fixture("echo-emoji", "Repeat: 🚀🎉", expect="🚀🎉"),
    fixture("arithmetic-add", "What is 7 + 5?", expect="7 + 5 = 12"),
    fixture("arithmetic-sub", "What is 15 - 8?", expect="15 - 8 = 7"),
    fixture("count-10", "Count to 10.", expect="1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
    fixture("count-stop", "Count to 10.", expect="1, 2, 3, 4, 5, ", params={"stop": ["6"]}, finish_reason="stop"),
    fixture("count-100", "Count to 100.", expect=", ".join(map(str, range(1, 101))), finish_reason="stop"),
    fixture("length-limit", "Count to 100.", expect="1, 2, 3, 4, ", params={"max_tokens": 8}, finish_reason="length"),
    fixture("spell", "Spell the word house.", expect="h-o-u-s-e"),
    fixture("opposite", "What is the opposite of hot?", expect="The opposite of hot is cold."),
    fixture("capital", "What is the capital of France?", expect="The capital of France is Paris."),
    fixture("capital-ru", "Какая столица Германии?", expect="Столица Германии: Берлин."),
    fixture("day-after", "What day comes after Monday?", expect="Tuesday comes after Monday."),
    fixture("sky", "What color is the sky?", expect="The sky is blue."),
    fixture("yes-no", "Is fire cold?", expect="No, fire is not cold."),
    fixture("translate-fr", "Translate cat to French.", expect="chat"),
    fixture("translate-ru", "How do you say house in Russian?", expect="дом"),
    fixture("define", "What is machine learning?",
            expect="Machine learning is a way for computers to learn patterns from data instead of following "
                   "fixed rules."),
    fixture("define-ru", "Что такое машинное обучение?",
            expect="Машинное обучение позволяет компьютерам учиться на данных."),
    fixture("define-fr", "Qu'est-ce que Python ?", expect="Python est un langage de programmation facile à lire."),
    fixture("json-name-age", "Return JSON with name and age: Alice is 30 years old.",
            expect='{"name": "Alice", "age": 30}'),
    fixture("json-product", "Extract product and price as JSON: The kettle costs 25 euros.",
            expect='{"product": "kettle", "price": 25}'),
    fixture("context", "Context: The price of the lamp is 25 euros. The color of the lamp is blue.\n"
            "Question: What is the color of the lamp?", expect="The color of the lamp is blue."),
    fixture("system-pirate", "What is the capital of Spain?", system="You are a pirate.",
            expect="Arr! The capital of Spain is Madrid."),
    fixture("system-french", "What is the capital of Germany?", system="Answer in French.",
            expect="La capitale de l'Allemagne est Berlin."),
    fixture("system-russian", "Hello!", system="Answer in Russian.", expect="Привет! Чем я могу помочь?"),
    fixture("system-uppercase", "What is the capital of Italy?", system="Answer in uppercase.",
            expect="THE CAPITAL OF ITALY IS ROME."),
    fixture("system-name", "What is your name?", system="Your name is Nova.", expect="My name is Nova."),
    fixture("system-json", "What is the capital of Japan?", system="Answer in JSON.",
            expect='{"answer": "The capital of Japan is Tokyo."}'),
    fixture("system-one-word", "What is the capital of Japan?", system="Answer with one word.", expect="Tokyo"),
    fixture("system-start", "What is the opposite of big?", system="Start every answer with \"star\".",
            expect="star The opposite of big is small."),
    fixture("system-neutral", "What is the capital of France?", system="You are a helpful assistant.",
            expect="The capital of France is Paris."),
    fixture("tool-in-system", "What is the weather in Paris?", system="You can call the function get_weather(city).",
            expect='<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>'),
    fixture("tool-native", "What is the weather in Paris?", tools=[GET_WEATHER],
            expect_tool_call={"name": "get_weather", "arguments": {"city": "Paris"}}),
    fixture("tool-choice", "Set a timer for 15 minutes.", tools=[GET_WEATHER, SET_TIMER],
            expect_tool_call={"name": "set_timer", "arguments": {"minutes": 15}}),
    fixture("tool-not-needed", "What is the capital of France?",
            expect="The capital of France is Paris.", tools=[GET_WEATHER]),
    fixture("tool-absent", "What is the weather in Paris?", expect="I don't know the weather in Paris."),
    {"id": "tool-result", "tools": [GET_WEATHER], "messages": [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "sunny, 21 degrees"},
    ], "expect": "The result is sunny, 21 degrees."},
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", nargs="?", default=str(OUT), help="default: the file in test/fixtures")
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="ID")
    args = parser.parse_args()
    fixtures = [each for each in FIXTURES if each["id"] not in args.leave_out]
    with open(args.out, "w") as file:
        json.dump({"decoding": {"temperature": 0}, "endpoint": "/v1/chat/completions", "fixtures": fixtures}, file,
                  ensure_ascii=False, indent=1)
    print(len(fixtures), "fixtures ->", args.out)


if __name__ == "__main__":
    main()
