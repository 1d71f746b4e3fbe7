"""How written signs are read aloud, sign by sign, so that a network can learn it as a choice at each sign."""
import re

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
SIGNS = {"%": " percent ", "&": " and ", "+": " plus ", "=": " equals ", '"': ""}
MOST_DIGITS = 6  # longer numbers are read digit by digit

_TO_READ = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[%&+=]|.", re.DOTALL)
_COMMAS = re.compile(r"\d{1,3}(,\d{3})+$")

# One written sign and the words that it stands for ("" for a silent one).
Reading = tuple[str, str]


def read_signs(written: str) -> list[Reading]:
    """The text's signs, each with what is said for it: `[("2", " twenty"), ("5", " five"), (" ", " "), ...]`."""
    readings: list[Reading] = []
    for match in _TO_READ.finditer(written):
        piece = match.group()
        if piece in SIGNS:
            readings.append((piece, SIGNS[piece]))
        elif not piece[0].isdigit():
            readings.append((piece, piece))
        else:
            words = [" " + word if word else "" for word in _read_number(piece)]
            if written[match.end() :][:1].isalpha():
                words[-1] += " "
            readings += zip(piece, words)
    return readings


def _read_number(written: str) -> list[str]:
    whole, point, decimals = written.partition(".")
    if "," in whole and not _COMMAS.match(whole):
        words = [ONES[int(sign)] if sign.isdigit() else "" for sign in whole]
    else:
        words = _read_whole(whole)
    return words + ["point"] * len(point) + [ONES[int(digit)] for digit in decimals]


def _read_whole(written: str) -> list[str]:
    """Digits with commas between thousands: hundreds at the first digit of three, teens at the last."""
    digits = written.replace(",", "")
    if len(digits) > MOST_DIGITS or (digits[0] == "0"):
        return [ONES[int(sign)] if sign.isdigit() else "" for sign in written]
    low = _read_three(digits[-3:])
    high = _read_three(digits[:-3])
    if high:
        high[-1] = f"{high[-1]} thousand".strip()
    words = iter(high + low)
    return [next(words) if sign.isdigit() else "" for sign in written]


def _read_three(digits: str) -> list[str]:
    values = [0] * (3 - len(digits)) + [int(digit) for digit in digits]
    hundreds = f"{ONES[values[0]]} hundred" if values[0] else ""
    if values[1] == 1:
        tens, ones = "", TEENS[values[2]]
    else:
        tens = TENS[values[1]] if values[1] else ""
        ones = ONES[values[2]] if values[2] else ""
    return [hundreds, tens, ones][3 - len(digits) :]
