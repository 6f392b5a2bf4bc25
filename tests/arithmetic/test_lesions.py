"""Which lesions are measurable and how many may be chosen, in both versions."""

from decimal import Decimal

import pytest

from endpoints.arithmetic.baseline import is_measurable
from endpoints.arithmetic.lesions import count_problems, is_node, measurable
from endpoints.arithmetic.records import Measurement
from tests.arithmetic.build import DERIVED, NEWER


@pytest.mark.parametrize(
    ("version", "method", "node", "least"),
    [
        ("1.0", "spiral CT", False, "10"),
        ("1.0", "Spiral-CT scan", False, "10"),
        ("1.0", "CT", False, "20"),
        ("1.0", "MRI", False, "20"),
        ("1.0", "chest X-ray", False, "20"),
        ("1.0", "spiral CT", True, "10"),
        ("1.1", "CT", False, "10"),
        ("1.1", "caliper", False, "10"),
        ("1.1", "chest X-ray", False, "20"),
        ("1.1", "CT", True, "15"),
    ],
)
def test_a_lesion_is_measurable_from_its_least_size_on(version: str, method: str, node: bool, least: str) -> None:
    assert measurable(version=version, method=method, mm=Decimal(least), node=node)
    assert not measurable(version=version, method=method, mm=Decimal(least) - Decimal("0.1"), node=node)


def test_a_bone_scan_measures_nothing() -> None:
    assert not measurable(version="1.0", method="bone scan", mm=Decimal(80))
    assert not measurable(version="1.1", method="PET", mm=Decimal(80))


def test_without_a_method_the_choice_of_the_investigator_stands() -> None:
    small = Measurement("T1", (Decimal(12),))
    assert is_measurable(small, DERIVED)
    assert not is_measurable(Measurement("T1", (Decimal(12),), method="CT"), DERIVED)
    assert is_measurable(Measurement("T1", (Decimal(12),), method="CT"), NEWER)
    assert not is_measurable(Measurement("T1"), DERIVED)


@pytest.mark.parametrize(
    ("version", "organs", "problems"),
    [
        ("1.0", ["liver"] * 5 + ["lung"] * 5, ()),
        ("1.0", ["liver"] * 6, ("max 5 per organ",)),
        ("1.0", ["Liver"] * 3 + ["liver "] * 3, ("max 5 per organ",)),
        ("1.0", ["liver"] * 5 + ["lung"] * 5 + ["skin"], ("max 10 in total",)),
        ("1.1", ["liver"] * 2 + ["lung"] * 2 + ["skin"], ()),
        ("1.1", ["liver"] * 3, ("max 2 per organ",)),
        ("1.1", ["axillary node", "hilar lymph node", "node"], ("max 2 per organ",)),
        ("1.0", ["axillary node", "hilar lymph node", "node"] * 2, ()),
        ("1.1", ["liver"] * 3 + ["lung"] * 3, ("max 5 in total", "max 2 per organ")),
        ("1.1", [], ()),
    ],
)
def test_no_more_target_lesions_than_the_version_allows(version: str, organs: list, problems: tuple) -> None:
    assert count_problems(version=version, organs=organs) == problems


def test_nodes_are_known_by_their_words() -> None:
    assert is_node("Lymph node, axillary") and is_node("NODE") and not is_node("liver")
