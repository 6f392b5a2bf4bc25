"""Scales of toxicity: the cuts by which a laboratory value gets its grade, and the few shapes that they have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Side = Literal["low", "high"]
Of = Literal["limit", "amount", "baseline", "over"]


@dataclass(frozen=True)
class Cut:
    """Passed by a value beyond `of` times the limit or the baseline, beyond an amount, or so much over the higher of
    upper limit and baseline. `amounts` are by unit of the column, or under "" where they are multiples."""

    grade: int
    of: Of
    amounts: Mapping[str, Fraction]
    inclusive: bool = False


@dataclass(frozen=True)
class Scale:
    """The grades of one term. `from_baseline` takes the place of `cuts` where the baseline was above normal.

    `by_treatment`: the version grades the term by what was done about it, which no value tells.
    `fasting_below`: grades under this one are defined for fasting samples alone.
    """

    term: str
    side: Side
    cuts: tuple[Cut, ...] = ()
    from_baseline: tuple[Cut, ...] = ()
    by_treatment: bool = False
    fasting_below: int = 0
    corrected: bool = False


def amounts(columns: Mapping[str, str]) -> list[dict[str, Fraction]]:
    """`{"g/dL": "10 8", "g/L": "100 80"}` as one mapping a cut."""
    numbers = {unit: [Fraction(number) for number in text.split()] for unit, text in columns.items()}
    count = len(next(iter(numbers.values())))
    return [{unit: by_place[place] for unit, by_place in numbers.items()} for place in range(count)]


def from_limit(
    term: str, side: Side, columns: Mapping[str, str], grades: Iterable[int] = (2, 3, 4), **known: object
) -> Scale:
    """Grade 1 beyond the limit of normal, the others beyond amounts."""
    beyond = [Cut(of, "amount", limit) for of, limit in zip(grades, amounts(columns), strict=True)]
    return Scale(term, side, (Cut(1, "limit", {"": Fraction(1)}), *beyond), **known)  # type: ignore[arg-type]


def multiples(of: Of, text: str, first_grade: int = 1, first_inclusive: bool = False) -> tuple[Cut, ...]:
    numbers = [Fraction(number) for number in text.split()]
    return tuple(
        Cut(first_grade + place, of, {"": number}, first_inclusive and place == 0)
        for place, number in enumerate(numbers)
    )


def times_upper(term: str, text: str) -> Scale:
    return Scale(term, "high", multiples("limit", text))


def times_upper_or_baseline(term: str, upper: str, baseline: str, first_inclusive: bool = True) -> Scale:
    return Scale(
        term,
        "high",
        multiples("limit", upper),
        from_baseline=multiples("baseline", baseline, first_inclusive=first_inclusive),
    )


def count(term: str, cuts: str) -> Scale:
    return from_limit(term, "low", {"10^9/L": cuts})
