"""Which mark parts the columns of a text file, by its first line: the names of variables hold none of them."""

SEPARATORS = (",", ";", "\t", "|")


def separator_of(first_line: str) -> str:
    """The mark that parts the first line into most names; a comma where there is only one name."""
    return max(SEPARATORS, key=first_line.count)
