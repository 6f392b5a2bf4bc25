"""What JSON the API takes: one value in UTF-8, with nothing in it that the record could not hold as it was sent.

Python's own reader takes more than JSON has (NaN, the last of two equal names), turns numbers into floats that are
nearly what was sent, and lets through what later fails in the database (half of a surrogate pair, a null character).
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.http.request import RawPostDataException
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser

from accounts.plain_posts import KEPT_AS_IS
from values.texts import plain_text

MOST_LEVELS = 20
# The largest whole number of a column, and more digits than any quantity has.
BIGGEST = 2**63 - 1
MOST_DIGITS = 40
UTF_8 = ("utf-8", "utf8", "us-ascii")


class ExactJSON(BaseParser):
    """Numbers with decimals become Decimal, exactly as sent. What is refused is named by its field."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        charset = _charset(media_type or "")
        if charset not in UTF_8:
            raise UnsupportedMediaType(media_type, f"JSON is sent in UTF-8, not in {charset}.")
        value = read_json(_whole(stream, parser_context["request"]))
        if faults := by_field(value):
            raise ValidationError(faults)
        return _plain(value)


def read_json(body: bytes) -> Any:
    """The value that a body holds. Raises ParseError for what is no JSON, or means two things."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(f"This is not UTF-8: byte {error.start} begins no character.") from None
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_doubles,
            parse_constant=_refuse_constant,
            parse_float=Decimal,
            parse_int=_whole_number,
        )
    except RecursionError:
        raise ParseError(f"This is nested deeper than the {MOST_LEVELS} levels that are read.") from None
    except ValueError as error:
        raise ParseError(f"This is not JSON: {error}") from None


def by_field(value: Any) -> dict[str, list[str]]:
    """What cannot be taken of a value that was read, in sentences by field; {} for most."""
    errors: dict[str, list[str]] = {}
    for name, sentence in _faults(value):
        errors.setdefault(name, []).append(sentence)
    return errors


def _whole(stream: IO[Any], request: Any) -> bytes:
    """The body by way of Django's request, which reads no more than settings.DATA_UPLOAD_MAX_MEMORY_SIZE."""
    try:
        body: bytes = request._request.body
    except RawPostDataException:
        body = stream.read()
    return body


def _charset(media_type: str) -> str:
    parameters = dict(part.strip().partition("=")[::2] for part in media_type.split(";")[1:])
    named = {name.strip().lower(): value.strip().strip('"').lower() for name, value in parameters.items()}
    return named.get("charset", settings.DEFAULT_CHARSET)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(f"{twice!a} appears twice.")
    return made


def _refuse_constant(name: str) -> Any:
    raise ParseError(f"{name} is not a JSON number.")


def _whole_number(digits: str) -> int | Decimal:
    # Python turns no text of more than some thousand digits into an int; as a decimal it is refused at its field.
    return int(digits) if len(digits) <= MOST_DIGITS else Decimal(digits)


def _faults(value: Any) -> Iterator[tuple[str, str]]:
    """(field, sentence). Without recursion: the value may be nested as deep as Python reads."""
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        name, part, level = waiting.pop()
        if level > MOST_LEVELS:
            yield "", f"This is nested deeper than the {MOST_LEVELS} levels that are read."
            return
        if isinstance(part, dict):
            for key, inner in part.items():
                if sentence := _of_text(key):
                    yield name, f"The name {key!a}: {sentence}"
                else:
                    waiting.append((_within(name, key), inner, level + 1))
        elif isinstance(part, list):
            waiting.extend((_within(name, str(place)), inner, level + 1) for place, inner in enumerate(part))
        elif sentence := _of_text(part) if isinstance(part, str) else _of_number(part):
            yield name, sentence


def _plain(value: Any, name: str = "") -> Any:
    """The value with its texts as a page's are read: see values.texts. No deeper than was checked before."""
    if isinstance(value, str):
        return value if KEPT_AS_IS in name else plain_text(value)
    if isinstance(value, list):
        return [_plain(part, name) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part, key) for key, part in value.items()}
    return value


def _within(name: str, key: str) -> str:
    """As pages name a field: an item of the record by its plain name, one of a row by `rows-0-state`."""
    return f"{name}-{key}" if name and name != "record" else key


def _of_text(text: str) -> str:
    if "\0" in text:
        return "This holds a null character, which no text has."
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"This holds half of a character, U+{ord(text[error.start]):04X}, which stands for nothing by itself."
    return ""


def _of_number(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return "" if abs(value) <= BIGGEST else "This number is too large."
    digits, exponent = len(value.as_tuple().digits), value.adjusted()
    return "" if digits <= MOST_DIGITS and abs(exponent) <= MOST_DIGITS else "This number has too many digits."
