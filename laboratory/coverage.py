"""Whether a site's reference ranges cover what the protocol asks for."""

from collections.abc import Collection, Iterable

from laboratory.ranges import Range

# Every grown-up whom a trial may take; the list of an adults' laboratory begins and ends there.
AGES = range(18, 100)
PEOPLE = {"F": "women", "M": "men"}


def uncovered(lines: Iterable[Range], analytes: Collection[str]) -> dict[str, str]:
    """By analyte, for whom no line holds: "" for nobody at all, else "women", "men", or "some ages" of the adults.

    `lines` are those that are valid on the day. What is covered is left out.
    """
    by_analyte: dict[str, list[Range]] = {code: [] for code in analytes}
    for line in lines:
        by_analyte.get(line.analyte, []).append(line)
    return {code: words for code, held in by_analyte.items() if (words := _missing(held)) is not None}


def _missing(held: list[Range]) -> str | None:
    if not held:
        return ""
    bare = [words for sex, words in PEOPLE.items() if not any(line.sex in ("", sex) for line in held)]
    if bare:
        return bare[0]
    return None if all(_covers(held, sex, age) for sex in PEOPLE for age in AGES) else "some ages"


def _covers(held: list[Range], sex: str, age: int) -> bool:
    return any(
        line.sex in ("", sex) and line.age_from <= age and (line.age_to is None or age <= line.age_to) for line in held
    )
