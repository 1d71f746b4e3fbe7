"""Small changes that leave the meaning alone: contractions, an opening, a missing full stop."""
from random import Random

CONTRACTIONS = {
    " does not ": " doesn't ", " do not ": " don't ", " did not ": " didn't ", " is not ": " isn't ",
    " are not ": " aren't ", " was not ": " wasn't ", " has not ": " hasn't ", " will not ": " won't ",
    " cannot ": " can't ", " would not ": " wouldn't ", " I am ": " I'm ",
    "What is ": "What's ", "Where is ": "Where's ",
}
STATEMENT_OPENINGS = (
    "I heard that", "As far as I know,", "Did you know that", "It is true that", "By the way,", "Somebody told me that",
    "I think", "I am sure that", "We know that", "Remember:",
)
QUESTION_OPENINGS = (
    "Hello,", "Excuse me,", "Please tell me:", "Can you tell me:", "I would like to know:", "Hi!", "One question:",
)


def vary(random: Random, sentence: str, question: bool) -> str:
    """The sentence, one time in two contracted where it can be, one time in eight with an opening."""
    if random.random() < 0.5:
        for full, short in CONTRACTIONS.items():
            sentence = sentence.replace(full, short)
    if random.random() < 0.12:
        opening = random.choice(QUESTION_OPENINGS if question else STATEMENT_OPENINGS)
        sentence = f"{opening} {sentence}"
    if random.random() < 0.15:
        sentence = sentence.rstrip(".?!")
    return sentence
