"""Which record is the baseline that a subject's response is measured against."""

from decimal import Decimal

from endpoints.arithmetic.baseline import Baseline, as_baseline, is_measurable
from endpoints.arithmetic.records import Measurement
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, NEWER, lesion, scan, subject


def test_a_record_with_a_target_lesion_that_is_gone_or_without_a_size_is_no_baseline() -> None:
    for sizes in ({"T1": "0", "T2": "30"}, {"T1": "gone", "T2": "30"}, {"T1": None, "T2": "30"}, {}):
        assert as_baseline(scan(-6, sizes), DERIVED) is None
    assert as_baseline(scan(-6, {"T1": "1"}), DERIVED) is not None


def test_a_baseline_knows_its_lesions_its_nodes_and_its_sum() -> None:
    record = scan(-6, {"T2": "30", "N1": "20", "T1": ("5", "2.5")}, non_target="PRESENT", ref="b")
    assert as_baseline(record, DERIVED) == Baseline(
        ref="b", lesions=("N1", "T1", "T2"), nodes=frozenset({"N1"}), total=Decimal("57.5"), non_target=True
    )
    assert as_baseline(scan(-6, non_target="PRESENT", ref="b"), DERIVED) == Baseline("b", (), frozenset(), None, True)


def test_of_two_baselines_of_a_day_the_one_with_more_lesions_counts_then_the_smaller_sum() -> None:
    def chosen(*sizes: dict[str, str]) -> object:
        baselines = tuple(scan(-6, each, ref=str(number)) for number, each in enumerate(sizes))
        return derive(subject(baselines=baselines), DERIVED).baseline_sum

    assert chosen({"T1": "50"}, {"T1": "40"}) == chosen({"T1": "40"}, {"T1": "50"}) == 40
    assert chosen({"T1": "40"}, {"T1": "50", "T2": "30"}) == chosen({"T1": "50", "T2": "30"}, {"T1": "40"}) == 80


def test_a_node_is_measurable_by_1_1_from_15_mm_on() -> None:
    def by_ct(name: str, mm: str) -> Measurement:
        measured = lesion(name, mm)
        return Measurement(name, measured.diameters, node=measured.node, method="CT")

    assert [is_measurable(by_ct("N1", mm), NEWER) for mm in ("14.9", "15")] == [False, True]
    assert [is_measurable(by_ct("T1", mm), NEWER) for mm in ("9.9", "10")] == [False, True]
