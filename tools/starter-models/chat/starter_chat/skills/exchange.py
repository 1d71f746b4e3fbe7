"""What every skill returns.

A skill is a function (random numbers, word pool, language) -> Exchange. The question comes in the language asked for,
the answers in every language the skill knows, so that a system prompt can move the answer to another language than the
question's.
"""
# language ("en", "fr", "ru") -> whole answer; "short" -> its one-word form, where there is one
Answers = dict[str, str]
# question, answers
Exchange = tuple[str, Answers]
