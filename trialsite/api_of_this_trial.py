"""The description of the API names what this trial can have: nobody looks for another trial's drugs in it."""

from collections.abc import Iterator
from typing import Any

from assessments.catalogue import of_other_trials
from protocol import known

# The address of what trials with dose levels alone have.
DOSE_LEVELS = "/api/v1/dose-levels/"


def without_levels(endpoints: list[tuple[str, ...]], **context: Any) -> list[tuple[str, ...]]:
    """Where no cohort is a dose level, without the addresses of these."""
    protocol = known()
    has_levels = protocol is None or protocol.has_levels
    return [endpoint for endpoint in endpoints if has_levels or not endpoint[0].startswith(DOSE_LEVELS)]


def codes_of_forms(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Where codes of forms are listed as values, without those of such forms."""
    left_out = {form.code for form in of_other_trials()}
    for listed in _with_values(result):
        listed["enum"] = [value for value in listed["enum"] if value not in left_out]
        if words := listed.get("description"):
            of_others = tuple(f"* `{code}`" for code in left_out)
            listed["description"] = "\n".join(line for line in words.split("\n") if not line.startswith(of_others))
    return result


def _with_values(node: Any) -> Iterator[dict[str, Any]]:
    """Each part of the description that lists the values that there are."""
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield node
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from _with_values(inner)
