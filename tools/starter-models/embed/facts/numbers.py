"""Numbers, amounts and times of day, each with the ways to write it."""
UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
TENS = "_ ten twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """`forty-two`; for 0 to 99."""
    if number < 20:
        return UNITS[number]
    tens, unit = divmod(number, 10)
    return TENS[tens] + ("-" + UNITS[unit] if unit else "")


def counts() -> list[tuple[str, ...]]:
    return [(str(number), in_words(number)) for number in (*range(2, 13), 15, 20, 30, 50)]


def ages() -> list[tuple[str, ...]]:
    return [(str(number), in_words(number)) for number in range(5, 90)]


def amounts() -> list[tuple[str, ...]]:
    """Amounts of money: `$20`, `20 dollars`, `twenty dollars`, and the same in euros."""
    values = (*range(2, 20), *range(20, 100, 5))
    dollars = [(f"${value}", f"{value} dollars", f"{in_words(value)} dollars") for value in values]
    euros = [(f"€{value}", f"{value} euros", f"{in_words(value)} euros") for value in values]
    return dollars + euros


def clock_times() -> list[tuple[str, ...]]:
    """The hours of a day: `5 pm`, `17:00`, `5 o'clock in the afternoon`."""
    times = []
    for hour in range(6, 24):
        twelve = (hour - 1) % 12 + 1
        half = "am" if hour < 12 else "pm"
        part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
        in_digits = (f"{twelve} {half}", f"{twelve} {half[0]}.m.", f"{hour}:00")
        times.append((*in_digits, f"{twelve} {part}", f"{in_words(twelve)} o'clock {part}"))
    return times


def measures(units: str, values: range) -> list[tuple[str, ...]]:
    """Numbers with a unit; `units` lists its spellings, separated by "|"."""
    ways = units.split("|")
    return [
        tuple(f"{number} {unit}" for unit in ways for number in ((value, in_words(value)) if value < 100 else (value,)))
        for value in values
    ]
