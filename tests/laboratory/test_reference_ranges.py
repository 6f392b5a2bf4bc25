"""The lists of the sites: no two lines hold for one sample, every change has its author."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from cohorts.services import Refused
from laboratory.models import ReferenceRange
from laboratory.reading import chosen, ranges_on
from laboratory.services import add_range, change_range

LINE: dict[str, Any] = {
    "analyte": "HGB",
    "unit": "g/dL",
    "low": Decimal(12),
    "high": Decimal(16),
    "sex": "F",
    "age_from": 18,
    "age_to": 64,
    "valid_from": date(2008, 1, 1),
    "valid_to": date(2008, 12, 31),
}


@pytest.mark.parametrize(
    "other",
    [
        {"sex": "M"},
        {"age_from": 65, "age_to": None},
        {"age_from": 0, "age_to": 17},
        {"valid_from": date(2009, 1, 1), "valid_to": None},
        {"valid_from": date(2000, 1, 1), "valid_to": date(2007, 12, 31)},
        {"analyte": "ALB", "low": Decimal("3.5"), "high": Decimal(5)},
    ],
)
def test_lines_that_hold_for_others_stand_side_by_side(trial: Any, manager: Any, other: dict[str, Any]) -> None:
    add_range(site=trial.site, **LINE, by=manager)
    add_range(site=trial.site, **LINE | other, by=manager)
    assert ReferenceRange.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"sex": ""},
        {"age_from": 64, "age_to": None},
        {"age_from": 0, "age_to": 18},
        {"age_from": 0, "age_to": None},
        {"valid_from": date(2008, 12, 31), "valid_to": None},
        {"valid_from": date(2000, 1, 1), "valid_to": date(2008, 1, 1)},
        {"unit": "g/L", "low": Decimal(110), "high": Decimal(155)},
    ],
)
def test_two_lines_never_hold_for_one_sample(trial: Any, manager: Any, other: dict[str, Any]) -> None:
    add_range(site=trial.site, **LINE, by=manager)
    with pytest.raises(Refused, match="Another line of this site and analyte"):
        add_range(site=trial.site, **LINE | other, by=manager)
    assert ReferenceRange.objects.count() == 1


def test_another_site_has_a_list_of_its_own(trial: Any, manager: Any) -> None:
    add_range(site=trial.site, **LINE, by=manager)
    add_range(site=trial.other_site, **LINE, by=manager)
    assert len(ranges_on(trial.site.pk, date(2008, 6, 1))) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"low": Decimal(16)}, "lower limit must be below"),
        ({"low": None, "high": None}, "Give a lower limit, an upper limit or both"),
        ({"age_to": 17}, "first age must not be above"),
        ({"valid_to": date(2007, 12, 31)}, "last day must not be before"),
        ({"unit": "mEq/L"}, "Haemoglobin is not reported in this unit"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused(trial: Any, manager: Any, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        add_range(site=trial.site, **LINE | wrong, by=manager)


def test_limits_are_read_exactly_in_the_unit_of_the_system(trial: Any, manager: Any) -> None:
    add_range(site=trial.site, **LINE, by=manager)
    day = date(2008, 6, 1)
    held = chosen(ranges_on(trial.site.pk, day), ["HGB", "ALB"], sex="F", age=40, on=day)
    assert (held["HGB"].limits.low, held["HGB"].limits.high) == (120, 160)
    assert "ALB" not in held


def test_a_line_is_changed_with_a_reason_that_the_trail_keeps(trial: Any, manager: Any) -> None:
    held = add_range(site=trial.site, **LINE, by=manager)
    change_range(held=held, version=1, valid_to=date(2008, 6, 30), reason="New analyser from July", by=manager)
    entry = Event.objects.filter(table_name="laboratory_referencerange").latest("id")
    assert (entry.action, entry.actor_name, entry.reason) == ("update", "dora", "New analyser from July")
    assert entry.site_id == trial.site.pk
    assert entry.new == {"valid_to": "2008-06-30", "version": 2}


def test_a_change_needs_a_reason(trial: Any, manager: Any) -> None:
    held = add_range(site=trial.site, **LINE, by=manager)
    with pytest.raises(Refused, match="Give the reason"):
        change_range(held=held, version=1, high=Decimal(17), reason=" ", by=manager)
    held.refresh_from_db()
    assert held.high == 16
