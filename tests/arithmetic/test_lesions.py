"""Which lesions are measurable and how many may be chosen, in both versions."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoints.arithmetic.baseline import is_measurable
from endpoints.arithmetic.lesions import count_problems, is_gone, is_node, measurable, size
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


def test_the_short_axis_of_a_node_is_summed_by_1_1_alone() -> None:
    node = Measurement("N1", (Decimal(20),), node=True, short_axis=Decimal(12))
    mass = replace(node, lesion="T1", node=False)
    assert [size(node, plan) for plan in (DERIVED, NEWER)] == [20, 12]
    assert [size(mass, plan) for plan in (DERIVED, NEWER)] == [20, 20]
    assert size(replace(node, short_axis=None), NEWER) == 20


def test_a_lesion_without_a_size_is_not_gone() -> None:
    assert size(Measurement("T1"), NEWER) is None and not is_gone(Measurement("T1"), NEWER)
    assert is_gone(Measurement("T1", absent=True), DERIVED) and is_gone(Measurement("T1", (Decimal(0),)), NEWER)
    node = Measurement("N1", (Decimal("9.9"),), node=True)
    assert is_gone(node, NEWER) and not is_gone(node, DERIVED)
    assert not is_gone(replace(node, node=False), NEWER) and not is_gone(replace(node, diameters=(Decimal(10),)), NEWER)


def test_nothing_is_a_node_or_measurable_unless_it_is_said() -> None:
    assert measurable(version="1.1", method="CT", mm=Decimal(10))
    assert not measurable(version="1.1", method="CT", mm=Decimal(10), node=True)
