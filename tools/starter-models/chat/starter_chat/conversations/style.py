"""What a system prompt asks for, and how that changes an answer."""
import json
from dataclasses import dataclass, field
from random import Random

from starter_chat.conversations.skill_table import ANSWERED_IN_ALL_LANGUAGES, ANSWERED_IN_ONE_WORD, SHORT_FIXED_ANSWERS
from starter_chat.randomness import Pool, invented_word
from starter_chat.skills.exchange import Answers
from starter_chat.skills.tools import ToolCall, declare_tools, tools_prompt
from starter_chat.words.split import words

# In each list the plainest wording comes several times, so that it is the commonest.
NEUTRAL_PROMPTS = ["You are a helpful assistant."] * 6 + [
    "You are a friendly assistant.", "You are a chatbot.", "You are a helpful AI.", "Be helpful.",
    "You are an assistant.", "You are a helpful, honest assistant.", "Answer the user's questions.",
    "You are a polite assistant.", "Be concise.", "Answer in English."]
JOB_PROMPTS = ["You are a {a} {j}.", "You are a {a} assistant for a {j}.", "You are a support agent for {w}.",
               "You are a {j}. Be {a}."]
MANNERS = words("helpful kind smart patient careful modern simple professional")
JOBS = words("teacher doctor cook robot librarian guide coach writer expert lawyer tutor shop")
PIRATE_PROMPTS = ["You are a pirate."] * 3 + [
    "Talk like a pirate.", "You are a pirate captain.", "Speak like a pirate.", "Answer like a pirate.",
    "You are a helpful pirate."]
LANGUAGE_PROMPTS = ["Answer in {l}."] * 3 + [
    "Always answer in {l}.", "Reply in {l}.", "Respond in {l}.", "Please answer only in {l}.", "Speak {l}.",
    "You are a helpful assistant. Answer in {l}."]
UPPERCASE_PROMPTS = ["Answer in uppercase."] * 3 + [
    "Reply in uppercase.", "Answer in capital letters.", "Use only uppercase letters.", "Always answer in uppercase.",
    "ANSWER IN UPPERCASE.", "Respond in all caps.", "Write everything in uppercase."]
BOT_NAME_PROMPTS = ["Your name is {n}."] * 3 + [
    "You are {n}.", "You are {n}, a helpful assistant.", "Your name is {n}. You are a helpful assistant.",
    "You are a helpful assistant. Your name is {n}.", "You are an assistant named {n}.",
    "You are an assistant called {n}."]
JSON_PROMPTS = ["Answer in JSON."] * 3 + [
    "Reply only with JSON.", "Always answer in JSON.", "Respond with JSON.",
    "You are a helpful assistant. Answer in JSON."]
ONE_WORD_PROMPTS = ["Answer with one word."] * 3 + [
    "Answer in one word.", "Reply with one word.", "Use only one word to answer.", "One word answers only."]
START_WITH_PROMPTS = ["Start every answer with \"{w}\".", "Start every answer with the word {w}.",
                      "Begin every answer with {w}.", "Always start with \"{w}\".", "Begin each reply with \"{w}\"."]
END_WITH_PROMPTS = ["End every answer with \"{w}\".", "End every answer with the word {w}.",
                    "Finish every answer with {w}.", "Always end with \"{w}\".", "End each reply with \"{w}\"."]
USER_NAME_PROMPTS = ["The user's name is {n}.", "You are talking to {n}.", "The name of the user is {n}.",
                     "You are a helpful assistant. The user's name is {n}."]
TOOLS_PROMPT_STARTS = ["You are a helpful assistant."] * 3 + ["You are an assistant with tools.",
                                                              "You are a friendly assistant."]


@dataclass
class Style:
    """What the system prompt asks for; None and False where it does not mention the matter."""
    label: str = "none"
    system: str | None = None
    lang: str | None = None             # answer in this language, whatever the question's
    prefix: str | None = None
    suffix: str | None = None
    bot: str | None = None              # the assistant's name
    user: str | None = None             # the user's name
    uppercase: bool = False
    as_json: bool = False
    one_word: bool = False
    calls: list[ToolCall] = field(default_factory=list)     # the declared tools
    skills: list[str] | None = None     # names of the skills that fit, None for all

    @property
    def asks_for_nothing(self) -> bool:
        return self.label in ("none", "neutral")

    @property
    def changes_answers(self) -> bool:
        return bool(self.prefix or self.suffix or self.lang or self.uppercase or self.as_json or self.one_word)

    def label_of(self, behaviour: str) -> str:
        """What an answer is counted as: the style where there is one, the behaviour otherwise."""
        return behaviour if self.asks_for_nothing else self.label

    def render(self, answers: Answers, lang: str) -> str:
        text = answers.get(self.lang or lang) or answers["en"]
        if self.one_word and "short" in answers:
            text = answers["short"]
        if self.uppercase:
            text = text.upper()
        if self.as_json:
            return json.dumps({"answer": text}, ensure_ascii=False)
        if self.prefix:
            text = self.prefix + " " + text
        if self.suffix:
            text = text + " " + self.suffix
        return text


def draw_style(rng: Random, pool: Pool) -> Style:
    kind = rng.random()
    make = next(make for below, make in STYLES if kind < below)
    return make(rng, pool)


def _none(rng: Random, pool: Pool) -> Style:
    return Style()


def _neutral(rng: Random, pool: Pool) -> Style:
    system = rng.choice(NEUTRAL_PROMPTS)
    if rng.random() < .25:
        system = rng.choice(JOB_PROMPTS).replace("{a}", rng.choice(MANNERS)).replace("{j}", rng.choice(JOBS)).replace(
            "{w}", invented_word(rng).capitalize())
    return Style("neutral", system)


def _pirate(rng: Random, pool: Pool) -> Style:
    return _sometimes_named(rng, pool, Style("pirate", rng.choice(PIRATE_PROMPTS), prefix="Arr!"))


def _other_language(rng: Random, pool: Pool) -> Style:
    if rng.random() < .5:
        label, lang, language, in_itself = "answer_french", "fr", "French", "Réponds en français."
    else:
        label, lang, language, in_itself = "answer_russian", "ru", "Russian", "Отвечай по-русски."
    system = rng.choice([*LANGUAGE_PROMPTS, in_itself]).replace("{l}", language)
    return _sometimes_named(rng, pool, Style(label, system, lang=lang, skills=ANSWERED_IN_ALL_LANGUAGES))


def _sometimes_named(rng: Random, pool: Pool, style: Style) -> Style:
    if rng.random() < .15:
        style.bot = pool.name()
        style.system = rng.choice([f"Your name is {style.bot}. {style.system}",
                                   f"{style.system} Your name is {style.bot}."])
    return style


def _uppercase(rng: Random, pool: Pool) -> Style:
    return Style("uppercase", rng.choice(UPPERCASE_PROMPTS), uppercase=True, skills=SHORT_FIXED_ANSWERS)


def _bot_name(rng: Random, pool: Pool) -> Style:
    name = pool.name()
    return Style("bot_name", rng.choice(BOT_NAME_PROMPTS).replace("{n}", name), bot=name)


def _json(rng: Random, pool: Pool) -> Style:
    return Style("answer_json", rng.choice(JSON_PROMPTS), as_json=True,
                 skills=[*SHORT_FIXED_ANSWERS, "define", "count"])


def _one_word(rng: Random, pool: Pool) -> Style:
    return Style("one_word", rng.choice(ONE_WORD_PROMPTS), one_word=True, skills=ANSWERED_IN_ONE_WORD)


def _start_or_end_with(rng: Random, pool: Pool) -> Style:
    word = pool.word()
    if rng.random() < .4:
        word = word.capitalize()
    elif rng.random() < .2:
        word = word.upper()
    if rng.random() < .5:
        style = Style("start_with", rng.choice(START_WITH_PROMPTS).replace("{w}", word), prefix=word)
    else:
        style = Style("end_with", rng.choice(END_WITH_PROMPTS).replace("{w}", word), suffix=word)
    if rng.random() < .3:
        style.system = "You are a helpful assistant. " + style.system
    return style


def _user_in_system(rng: Random, pool: Pool) -> Style:
    name = pool.name()
    return Style("user_in_system", rng.choice(USER_NAME_PROMPTS).replace("{n}", name), user=name)


def _tools(rng: Random, pool: Pool) -> Style:
    calls = declare_tools(rng, pool)
    system = tools_prompt(rng, [call.signature() for call in calls])
    if rng.random() >= .5:
        system = rng.choice(TOOLS_PROMPT_STARTS) + "\n" + system
    return Style("tools", system, calls=calls)


# (upper bound of a number drawn evenly from 0 to 1, style)
STYLES = [
    (.40, _none),
    (.52, _neutral),
    (.58, _pirate),
    (.655, _other_language),
    (.70, _uppercase),
    (.77, _bot_name),
    (.81, _json),
    (.845, _one_word),
    (.885, _start_or_end_with),
    (.92, _user_in_system),
    (1, _tools),
]
