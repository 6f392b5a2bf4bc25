"""Files that people open in a spreadsheet."""

FORMULA = ("=", "+", "-", "@")


def as_text(value: str | None) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; a number stays one."""
    text = value or ""
    is_number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.lstrip()[:1] in FORMULA and not is_number else text


class Echo:
    """A file that hands each line back, to be sent at once."""

    def write(self, line: str) -> str:
        return line
