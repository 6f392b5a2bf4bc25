"""What every reader of a value raises; a module of its own, so that the readers can be imported one by one."""

LONGEST_QUOTED = 40


class UnreadableValue(ValueError):
    """The text is no such value; the message is a sentence for whoever entered it."""


def quoted(text: str) -> str:
    """The text as a message repeats it: in quotation marks, cut where it is long, with what nobody sees by its number.

    “5” is no number, where a mark of direction came along from a web page, would help nobody.
    """
    cut = text if len(text) <= LONGEST_QUOTED else f"{text[: LONGEST_QUOTED - 1]}…"
    return f"“{''.join(map(_visible, cut))}”"


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else f"[U+{ord(character):04X}]"
