"""Checks of the lesions of one tumour assessment: sizes that can hardly be, targets that cannot be measured."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assessments.arithmetic.measurable import is_node, least_mm
from assessments.checks.check import Check, Form, Found
from assessments.checks.days import plain
from assessments.codelists import Method
from protocol import current

# A diameter in mm beyond which a lesion is larger than nearly any that was ever followed: a slip of a digit.
LARGEST_MM = Decimal(150)


def too_large(form: Form) -> Found:
    """A diameter of a lesion is larger than 150 mm."""
    for row in form.rows:
        for mm in row.get("diameters_mm") or ():
            if mm > LARGEST_MM:
                text = f"{_name(row)} measures {plain(mm)} mm, more than {LARGEST_MM} mm"
                yield _item(row), f"{text}: is it right, and in millimetres?"


def not_measurable(form: Form) -> Found:
    """A target lesion at baseline is under the size from which it can be measured, by RECIST and the method."""
    version = current().analysis.recist_version
    for row, mm in _targets(form):
        node = version == "1.1" and is_node(row["location"] or "")
        least = least_mm(version=version, method=row["method"], node=node)
        method = Method(row["method"]).label
        if least is None:
            yield _item(row), f"{_name(row)} is a target lesion, and {method} measures none (RECIST {version})."
        elif mm < least:
            of = "a node's short axis" if node else method
            text = f"{_name(row)} of {plain(mm)} mm is a target lesion: by {of} one is measurable from {least} mm on"
            yield _item(row), f"{text} (RECIST {version})."


def _targets(form: Form) -> Iterator[tuple[Mapping[str, Any], Decimal]]:
    """The measured target lesions with the sum of their fragments."""
    for row in form.rows:
        sizes = row.get("diameters_mm") or ()
        if row["kind"] == "TARGET" and sizes and row["method"]:
            yield row, sum(sizes, Decimal(0))


def _name(row: Mapping[str, Any]) -> str:
    """The lesion's label; while it is typed for the first time it has none yet, and its row stands for it."""
    return str(row["label"]) if row["label"][:1].isupper() else "This lesion"


def _item(row: Mapping[str, Any]) -> str:
    return f"rows[{row['label']}]-diameters_mm"


CHECKS = (
    Check("lesion-size", ("tumour_baseline", "tumour"), ("diameters_mm",), too_large),
    Check("lesion-measurable", ("tumour_baseline",), ("diameters_mm",), not_measurable),
)
