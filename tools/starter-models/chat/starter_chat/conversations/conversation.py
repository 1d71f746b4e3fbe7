"""Whole conversations: a system prompt, and turns that may refer back to earlier ones."""
from random import Random

from starter_chat.conversations.skill_table import NOT_STYLED, SKILLS, Skill
from starter_chat.conversations.style import draw_style
from starter_chat.randomness import Pool, ask
from starter_chat.skills.identity import identity
from starter_chat.skills.memory import Ask, ask_name, memory_slot, tell_name
from starter_chat.skills.sequences import count
from starter_chat.skills.small_talk import greeting
from starter_chat.skills.tools import ask_again, tool_result

# {"role", "content"}, and "skill" (the behaviour it counts as) on what the assistant says
Message = dict[str, str]

USUAL_CHARACTERS = 1500
MANY_CHARACTERS = 3200
STYLES_THAT_FIT_ANY_SKILL = ("none", "neutral", "bot_name", "user_in_system", "tools")


def conversation(rng: Random, pool: Pool) -> list[Message]:
    return _Conversation(rng, pool).messages


class _Conversation:
    """A conversation in the making. Each turn draws one number and the first kind of turn that it allows is taken."""

    def __init__(self, rng: Random, pool: Pool):
        self.rng = rng
        self.pool = pool
        self.style = draw_style(rng, pool)
        self.messages: list[Message] = []
        if self.style.system:
            self.messages.append({"role": "system", "content": self.style.system})
        self.turns = rng.choices([1, 2, 3, 4, 5, 6, 8, 10, 14], [30, 14, 12, 12, 10, 8, 5, 3, 1])[0]
        self.main_lang = self._draw_main_language()
        self.told: dict[str, str] = {"name": self.style.user} if self.style.user else {}
        self.to_ask_later: list[tuple[str, Ask]] = []
        self.characters = 0
        most_characters = MANY_CHARACTERS if rng.random() < .05 else USUAL_CHARACTERS
        for turn in range(self.turns):
            if self.characters > most_characters:
                break
            self._take_turn(turn)

    def _draw_main_language(self) -> str:
        lang = self.rng.choices(["en", "fr", "ru"], [80, 10, 10])[0]
        if self.style.label in ("tools", "one_word", "start_with", "end_with", "uppercase"):
            return "en"
        if self.style.lang and self.rng.random() < .7:
            return "en"
        return lang

    def _take_turn(self, turn: int) -> None:
        style = self.style
        lang = self._draw_language()
        kind = self.rng.random()
        remembers = style.label not in ("uppercase", "answer_json", "one_word")
        if style.calls and kind < .62:
            self._use_a_tool()
        elif style.bot and (turn == 0 or kind < .25):
            self._say_who_it_is(lang)
        elif style.user and turn == 0:
            question, answers = ask_name(self.rng, style.user, lang)
            self._add(question, style.render(answers, lang), style.label)
        elif not style.bot and kind < .03:
            self._say_who_it_is(lang)
        elif remembers and self.to_ask_later and kind < .45:
            self._ask_what_was_told(lang)
        elif remembers and kind < (.34 if self.turns > 1 else .10):
            self._tell_or_ask(turn, lang)
        elif kind < .375 and self._can_repeat_the_last_turn():
            self._repeat_the_last_turn()
        else:
            self._use_a_skill(lang)

    def _draw_language(self) -> str:
        if self.rng.random() < .95 or not self.style.asks_for_nothing:
            return self.main_lang
        return self.rng.choice(["en", "fr", "ru"])

    def _add(self, question: str, answer: str, skill: str) -> None:
        self.messages.append({"role": "user", "content": question})
        self.messages.append({"role": "assistant", "content": answer, "skill": skill})
        self.characters += len(question) + len(answer)

    def _use_a_tool(self) -> None:
        call = self.rng.choice(self.style.calls)
        self._add(call.question, call.text(), "tool_call")
        others = [other for other in self.style.calls if other.kind != call.kind]
        self.style.calls = others + [ask_again(self.rng, self.pool, call)]
        if self.rng.random() < .5:
            result = tool_result(self.rng, self.pool, call.kind)
            end = "" if result.endswith("}") else "."
            self._add(f"<tool_response>\n{result}\n</tool_response>", f"The result is {result}{end}", "tool_result")

    def _say_who_it_is(self, lang: str) -> None:
        question, answers = identity(self.rng, lang, self.style.bot, self.style.uppercase)
        self._add(question, self.style.render(answers, lang), self.style.label_of("identity"))

    def _ask_what_was_told(self, lang: str) -> None:
        slot, asker = self.to_ask_later.pop(self.rng.randrange(len(self.to_ask_later)))
        lang = lang if slot == "name" else "en"
        question, answers = asker(self.rng, self.told.get(slot), lang)
        self._add(question, self.style.render(answers, lang), self.style.label_of("memory"))
        if self.rng.random() < .3:
            self.to_ask_later.append((slot, asker))

    def _tell_or_ask(self, turn: int, lang: str) -> None:
        slot, tell, asker = memory_slot(self.rng, lang)
        if self.style.lang:
            slot, tell, asker = "name", tell_name, ask_name
        slot_lang = lang if slot == "name" else "en"
        if self.turns > 1 and self.rng.random() < .80 and turn < self.turns - 1:
            question, answers, value = tell(self.rng, self.pool, slot_lang)
            self.told[slot] = value
            self._add(question, self.style.render(answers, slot_lang), self.style.label_of("memory_tell"))
            self.to_ask_later.append((slot, asker))
            if self.rng.random() < .25:
                never_told, _, asker = memory_slot(self.rng, lang)
                if never_told not in self.told and not self.style.lang:
                    self.to_ask_later.append((never_told, asker))
        else:
            question, answers = asker(self.rng, self.told.get(slot), slot_lang)
            behaviour = "memory" if slot in self.told else "memory_unknown"
            self._add(question, self.style.render(answers, slot_lang), self.style.label_of(behaviour))

    def _can_repeat_the_last_turn(self) -> bool:
        if self.style.changes_answers or len(self.messages) < 2:
            return False
        asked, answered = (message["content"] for message in self.messages[-2:])
        return (len(asked) < 120 and len(answered) < 150
                and not asked.startswith("<") and not answered.startswith("<"))

    def _repeat_the_last_turn(self) -> None:
        asked, answered = (message["content"] for message in self.messages[-2:])
        if self.rng.random() < .5:
            question = ask(self.rng, "What did I just say?", "What was my last message?",
                           "What was my previous message?", "Repeat my last message.")
            self._add(question, f"You said: {asked}", "recall")
        else:
            question = ask(self.rng, "Say that again.", "Repeat your last answer.", "Can you repeat that?",
                           "Repeat that, please.", "What did you just say?")
            self._add(question, answered, "recall")

    def _use_a_skill(self, lang: str) -> None:
        fitting = [skill for skill in SKILLS if self._fits(skill, lang)]
        skill = self.rng.choices(fitting, [skill.weight for skill in fitting])[0]
        if skill.name == "count" and self.turns > 3:
            question, answers = count(self.rng, self.pool, lang, allow_long=False)
        else:
            question, answers = skill.ask(self.rng, self.pool, lang)
        if self.style.lang and self.style.lang not in answers:
            question, answers = greeting(self.rng, self.pool, lang)
        label = "tools_not_needed" if self.style.label == "tools" else self.style.label_of(skill.name)
        self._add(question, self.style.render(answers, lang), label)

    def _fits(self, skill: Skill, lang: str) -> bool:
        if lang not in skill.languages:
            return False
        if self.style.skills is not None and skill.name not in self.style.skills:
            return False
        if skill.name in NOT_STYLED and self.style.label not in STYLES_THAT_FIT_ANY_SKILL:
            return False
        if self.style.label != "tools":
            return True
        # With tools declared, a question that could want one has no single right answer.
        has_arithmetic = any(call.kind in ("add", "multiply") for call in self.style.calls)
        return skill.name not in ("unknown", "context") and not (has_arithmetic and skill.name == "arithmetic")
