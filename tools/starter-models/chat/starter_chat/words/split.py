"""How the word lists are written down: readable text, one entry per word or per line."""


def words(text: str) -> list[str]:
    """The words of a text, split at white space."""
    return text.split()


def rows(text: str) -> list[tuple[str, ...]]:
    """The lines of a text, each split into its columns at "|"."""
    return [tuple(line.split("|")) for line in text.strip().splitlines()]
