"""Edit distance between what was read and what was printed."""


def distance(read: str, printed: str) -> int:
    """Levenshtein: insertions, deletions and replacements of symbols."""
    row = list(range(len(printed) + 1))
    for i, symbol in enumerate(read, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(printed, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (symbol != other))
    return row[-1]
