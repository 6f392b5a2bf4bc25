"""The plan is a function of the protocol and the subject: no draw is stored, nobody drops out later."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.design import SdvPlan
from sdv.plan import Extent, extent, in_sample

STUDY = "NCT00426556"


def plan(first=3, forms=("consent",), percent="20"):
    return SdvPlan(first_subjects=first, critical_forms=forms, sample_percent=Decimal(percent))


def extent_of(number, form, label="101-009", **given):
    return extent(plan(**given), STUDY, number=number, label=label, form=form)


@pytest.mark.parametrize(("number", "whole"), [(1, True), (3, True), (4, False)])
def test_the_first_subjects_of_a_site_are_verified_as_a_whole(number, whole):
    assert (extent_of(number, "demography", percent="0") == Extent.ALL) is whole


def test_critical_forms_are_verified_of_everybody_and_critical_items_of_the_other_forms():
    assert extent_of(40, "consent", percent="0") == Extent.ALL
    assert extent_of(40, "demography", percent="0") == Extent.CRITICAL


def test_a_plan_that_asks_for_nothing_asks_for_no_critical_items_either():
    assert extent_of(1, "consent", first=0, forms=(), percent="0") == Extent.NONE


# By sha256sum: the first 8 hex digits of SHA-256 over "NCT00426556:101-001" and so on, over 2**32, times 100.
@pytest.mark.parametrize(("label", "drawn"), [("101-001", "62.9809"), ("101-002", "72.3106"), ("102-007", "83.1474")])
def test_a_subject_is_in_where_its_number_lies_below_the_percentage(label, drawn):
    assert in_sample(label, plan(percent=str(Decimal(drawn) + Decimal("0.01"))), STUDY)
    assert not in_sample(label, plan(percent=str(Decimal(drawn) - Decimal("0.01"))), STUDY)


def test_none_and_all_are_the_ends():
    labels = [f"101-{number:03}" for number in range(1, 200)]
    assert not any(in_sample(label, plan(percent="0"), STUDY) for label in labels)
    assert all(in_sample(label, plan(percent="100"), STUDY) for label in labels)


def test_a_fifth_is_about_a_fifth():
    drawn = sum(in_sample(f"1{site:02}-{number:03}", plan(), STUDY) for site in range(20) for number in range(1, 101))
    assert 340 <= drawn <= 460


@given(st.text(max_size=20), st.integers(0, 100), st.integers(0, 100))
def test_a_larger_share_keeps_everyone_who_was_in(label, share, other_share):
    low, high = sorted((share, other_share))
    assert not in_sample(label, plan(percent=str(low)), STUDY) or in_sample(label, plan(percent=str(high)), STUDY)
