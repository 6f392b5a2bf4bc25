"""Numbers as people write them: comma or point is the decimal mark, and nothing else stands between the digits.

A mark with exactly three digits behind it may part thousands or begin decimals: `1.500` from Berlin is not the `1.500`
from Boston. It is refused, unless the source says which mark is its decimal one, as JSON and comma-separated files do.
"""

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from values.unreadable import UnreadableValue, quoted

MOST_CHARACTERS = 40
BLANKS = " \t\r\n\u00a0\u2007\u2009\u202f"
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)")
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
EXPONENT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+")
RELATIONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
}
OTHER_LIMIT = re.compile(r"\s*(?:[≤≥≦≧]|[<>]\s*[=<>]|=\s*[<>])")
KEY = re.compile(r"[0-9]{1,18}")
QUALIFIED = re.compile(r"\s*([<>])(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """A measured result: `qualifier` is "" for a value, "<" or ">" for a limit of what the method can tell."""

    qualifier: str
    value: Decimal

    def __str__(self) -> str:
        """As it is written for people: 7.2, <0.1."""
        return f"{self.qualifier}{written(self.value)}"

    @property
    def is_limit(self) -> bool:
        return bool(self.qualifier)

    @property
    def exact(self) -> str:
        """With all the digits that are stored: 121.0000."""
        return f"{self.qualifier}{self.value:f}"

    @property
    def readable(self) -> str:
        """As `read_result` takes it back: see `retypable`."""
        return f"{self.qualifier}{retypable(self.value)}"

    def holds(self, relation: str, number: Decimal) -> bool | None:
        """Whether what was measured is `<`, `<=`, `>=` or `>` than a number; None where a limit leaves it open.

        What lies below a limit lies below every number from the limit on, and what of the others is not known.
        """
        if not self.qualifier:
            return RELATIONS[relation](self.value, number)
        decided = self.value <= number if self.qualifier == "<" else self.value >= number
        return (relation[0] == self.qualifier) if decided else None


def read_number(text: str, *, decimal_mark: str = "") -> Decimal:
    """The number that a text means, exactly. `decimal_mark` is "." or "," where the source has said which it uses.

    Raises UnreadableValue for everything that is not one number, and for what could be two different ones.
    """
    return _number(text, decimal_mark)


def _number(text: str, decimal_mark: str, qualifier: str = "") -> Decimal:
    """`qualifier` is what stands in front of it: advice without it would make a value of a limit."""
    number = text.strip(BLANKS).replace("\u2212", "-")
    if len(number) > MOST_CHARACTERS or not NUMBER.fullmatch(number):
        raise UnreadableValue(_why_it_is_none(number))
    thousands = THOUSANDS.fullmatch(number)
    if thousands and thousands[1] != decimal_mark:
        raise UnreadableValue(_ambiguous(number, qualifier))
    value = Decimal(number.replace(",", "."))
    return value or value.copy_abs()


def read_result(text: str, *, decimal_mark: str = "") -> Result:
    """A number, or one behind < or >: the limit of the method. Raises UnreadableValue."""
    if OTHER_LIMIT.match(text):
        raise UnreadableValue(f"{quoted(text.strip())}: a limit is written with < or > in front of one number.")
    qualified = QUALIFIED.fullmatch(text)
    if qualified is not None and not qualified[2].strip(BLANKS):
        raise UnreadableValue(f"{quoted(text.strip())} has no number behind it.")
    if qualified is None:
        return Result("", read_number(text, decimal_mark=decimal_mark))
    return Result(qualified[1], _number(qualified[2], decimal_mark, qualified[1]))


def read_key(text: str) -> int | None:
    """The key of a row, a version or a count, as an address or a hidden box has it; None for anything else.

    Python reads digits of every script, and a number of any length, which no column holds.
    """
    return int(text) if KEY.fullmatch(text) else None


def read_keys(texts: Iterable[str]) -> list[int]:
    """The keys among these texts; what is none is left out."""
    keys = map(read_key, texts)
    return [key for key in keys if key is not None]


def written(number: Decimal) -> str:
    """All digits of a number, without an exponent and without zeros that add nothing: 240 for 240.00."""
    digits = f"{number:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits


def retypable(number: Decimal) -> str:
    """As `written`, in a form that read_number gives back: 1.1250, because 1.125 may be thousands."""
    digits = written(number)
    return f"{digits}0" if THOUSANDS.fullmatch(digits) else digits


def _ambiguous(number: str, qualifier: str) -> str:
    whole, decimals = re.split("[.,]", number)
    decimal = retypable(Decimal(f"{whole}.{decimals}"))
    # One more zero leaves no doubt where all three decimals count; where none do, one of them says that they are some.
    decimal = decimal if "." in decimal else f"{decimal}.0"
    plain = f"{qualifier}{whole.lstrip('+')}{decimals}"
    return f"{quoted(qualifier + number)} may be thousands or decimals: write {plain}, or {qualifier}{decimal}."


def _why_it_is_none(number: str) -> str:
    plain = "Write it with the digits 0 to 9 and one decimal mark, a comma or a point."
    if any(digit.isdigit() and digit not in "0123456789" for digit in number):
        return f"{quoted(number)} has digits of another script. {plain}"
    if EXPONENT.fullmatch(number):
        return f"{quoted(number)} is written with an exponent. Write the number out."
    if len(re.findall("[.,]", number)) > 1 or re.search(r"[0-9]['’ \u00a0\u2007\u2009\u202f][0-9]", number):
        return f"{quoted(number)} has a mark or a blank between its digits. Write it without marks of thousands."
    return f"{quoted(number)} is not a number. {plain}"
