"""Properties that hold for every subject and every curve, searched for exceptions by Hypothesis."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.percentages import change_from, signed
from endpoints.arithmetic.populations import CATEGORIES, estimate
from endpoints.arithmetic.proportions import clopper_pearson
from endpoints.arithmetic.records import Assessment, Contact, Dated, Measurement, SubjectRecords
from endpoints.arithmetic.rows import row_of
from endpoints.arithmetic.subject import derive
from endpoints.arithmetic.survival import kaplan_meier
from tests.arithmetic.build import DERIVED, INVESTIGATOR, NEWER, START, on

LESIONS = ("T1", "T2", "N1")
THERAPY = "new anticancer therapy"
PLANS = (DERIVED, NEWER, INVESTIGATOR, replace(DERIVED, pr_drift="sticky_pr"))
# No deadline for one example: a busy machine is no reason to fail.
searched = settings(max_examples=50, deadline=None)

sizes = st.one_of(st.none(), st.just(Decimal(0)), st.decimals(Decimal("0.1"), Decimal(90), places=1))
# Some days are likely, so that records meet on one date.
full_days = st.one_of(st.sampled_from([57, 58, 113]), st.integers(1, 500)).map(on)
days = st.one_of(full_days, full_days.map(lambda text: text[:7]))


@st.composite
def assessments(draw: Any, ref: str) -> Assessment:
    measured = tuple(
        Measurement(lesion, None if size is None else (size,), absent=size == 0, node=lesion == "N1")
        for lesion in LESIONS
        if (size := draw(sizes)) is not None or draw(st.booleans())
    )
    return Assessment(
        ref,
        draw(days),
        measured,
        draw(st.sampled_from(["CR", "NONCR", "PD", "NE", None, None, None])),
        draw(st.sampled_from(["N", "N", "N", "Y", "EQUIVOCAL", None])),
        draw(st.sampled_from(["CR", "PR", "SD", "SD", "PD", "NE", None])),
    )


@st.composite
def subjects(draw: Any) -> SubjectRecords:
    baseline = Assessment(
        "baseline",
        on(draw(st.integers(-35, -1))),
        tuple(
            Measurement(lesion, (draw(st.decimals(10, 90, places=1)),), node=lesion == "N1")
            for lesion in draw(st.sets(st.sampled_from(LESIONS)))
        ),
        draw(st.sampled_from(["PRESENT", None])),
    )
    return SubjectRecords(
        ref="subject",
        treatment_start=draw(st.sampled_from([START, START, START, None])),
        baselines=(baseline,),
        assessments=tuple(draw(assessments(f"scan {place}")) for place in range(draw(st.integers(0, 7)))),
        death=Dated(draw(days), "death") if draw(st.booleans()) else None,
        contacts=tuple(Contact(draw(days), "visit", f"visit {place}") for place in range(draw(st.integers(0, 2)))),
        new_therapies=tuple(Dated(draw(days), f"therapy {place}") for place in range(draw(st.integers(0, 2)))),
    )


def without_order(outcome: SubjectOutcome) -> dict[str, Any]:
    plain = outcome.as_json()
    plain["assessments"].sort(key=lambda result: result["ref"])
    return plain


@searched
@given(subjects(), st.randoms(), st.sampled_from(PLANS))
def test_the_order_of_entry_changes_nothing(records: SubjectRecords, random: Any, plan: Any) -> None:
    shuffled, contacts = list(records.assessments), list(records.contacts)
    random.shuffle(shuffled)
    random.shuffle(contacts)
    other = replace(records, assessments=tuple(shuffled), contacts=tuple(contacts))
    assert without_order(derive(records, plan)) == without_order(derive(other, plan))


@searched
@given(subjects(), st.data(), st.sampled_from(PLANS))
def test_a_later_correction_equals_having_typed_it_right_at_first(
    records: SubjectRecords, data: Any, plan: Any
) -> None:
    typed = list(records.assessments)
    for place in range(len(typed)):
        wrong = data.draw(assessments(typed[place].ref))
        derive(replace(records, assessments=(*typed[:place], wrong, *typed[place + 1 :])), plan)
    assert derive(records, plan).as_json() == derive(replace(records), plan).as_json()


@searched
@given(st.lists(subjects(), max_size=6), st.sampled_from(PLANS))
def test_nobody_leaves_the_denominator(population: list[SubjectRecords], plan: Any) -> None:
    table = estimate([row_of(derive(records, plan)) for records in population], plan)["response"]
    for kind in ("confirmed", "unconfirmed"):
        assert sum(table[kind]["counts"].values()) == table[kind]["n"] == len(population)
        assert table[kind]["counts"].keys() == set(CATEGORIES)
        assert table[kind]["orr"]["x"] <= table[kind]["dcr"]["x"] <= len(population)
    assert table["non_responders_n"] + table[table["headline"]]["orr"]["x"] == len(population)
    assert all(entry["reason"] for entry in table["non_responders"])


@searched
@given(subjects(), st.sampled_from(PLANS))
def test_times_agree_with_each_other_and_every_result_has_a_reason(records: SubjectRecords, plan: Any) -> None:
    outcome = derive(records, plan)
    if outcome.pfs is None or outcome.os is None:
        assert records.treatment_start is None
        return
    for result in filter(None, (outcome.pfs, outcome.os, outcome.dor, outcome.ttr)):
        assert result.days >= 1 and result.reason and result.words
    assert outcome.pfs.date == START + timedelta(days=outcome.pfs.days - 1)
    if outcome.os.event:
        assert outcome.pfs.event and outcome.pfs.days <= outcome.os.days
    if outcome.dor and outcome.ttr and outcome.ttr.date <= outcome.pfs.date:
        lasted = outcome.ttr.days + outcome.dor.days - 1
        # A new therapy ends the response, and not the time free of progression where the plan has that go on.
        assert lasted == outcome.pfs.days or (outcome.dor.reason == THERAPY and lasted <= outcome.pfs.days)
    assert (outcome.dor is not None) == outcome.orr.value == outcome.headline.responder
    assert not outcome.orr.value or (outcome.dcr.value and outcome.cbr.value)


@searched
@given(subjects(), st.sampled_from(PLANS))
def test_a_confirmed_response_is_never_better_than_the_unconfirmed_one(records: SubjectRecords, plan: Any) -> None:
    outcome = derive(records, plan)
    assert not outcome.cbor.responder or outcome.bor.responder
    assert outcome.cbor.value != "CR" or outcome.bor.value == "CR"


@searched
@given(subjects(), st.integers(-10, 520))
def test_a_cut_gives_the_same_as_records_that_were_never_dated_later(records: SubjectRecords, day: int) -> None:
    cut = START + timedelta(days=day)
    full = [record for record in records.assessments if len(record.date) == 10]
    records = replace(records, assessments=tuple(full), death=None, contacts=(), new_therapies=())
    earlier = tuple(record for record in full if date.fromisoformat(record.date) <= cut)
    early_baselines = tuple(record for record in records.baselines if date.fromisoformat(record.date) <= cut)
    started = records.treatment_start if records.treatment_start and records.treatment_start <= cut else None
    never_later = replace(records, assessments=earlier, baselines=early_baselines, treatment_start=started)
    assert derive(records, DERIVED, cut).as_json() == derive(never_later, DERIVED).as_json()


@searched
@given(subjects(), st.sampled_from(PLANS))
def test_what_comes_after_progression_changes_no_response(records: SubjectRecords, plan: Any) -> None:
    outcome = derive(records, plan)
    if not outcome.pfs or outcome.pfs.reason != "PD" or not outcome.pfs.event:
        return
    later = Assessment("later", "2011-01-01", (), None, "N", "CR")
    after = derive(replace(records, assessments=(*records.assessments, later)), plan)
    assert (after.bor, after.cbor, after.pfs, after.dor) == (outcome.bor, outcome.cbor, outcome.pfs, outcome.dor)


times = st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=80)


@searched
@given(times, st.sampled_from(["log-log", "log", "plain"]))
def test_survival_never_rises_and_lies_within_its_limits(sample: list[tuple[int, bool]], conf_type: Any) -> None:
    curve = kaplan_meier([day for day, _ in sample], [event for _, event in sample], conf_type=conf_type)
    assert np.all(np.diff(curve.survival) < 0)
    assert np.all((curve.survival >= 0) & (curve.survival < 1))
    known = ~np.isnan(curve.lower)
    assert np.all(curve.lower[known] <= curve.survival[known] + 1e-12)
    assert np.all(curve.survival[known] <= curve.upper[known] + 1e-12)
    assert np.all((curve.lower[known] >= 0) & (curve.upper[known] <= 1))
    assert curve.events.sum() + curve.censored.sum() == curve.n == len(sample)


@searched
@given(times)
def test_the_quartiles_rise_and_lie_within_their_limits(sample: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier([day for day, _ in sample], [event for _, event in sample])
    reached = [curve.quantile(fraction) for fraction in (0.25, 0.5, 0.75)]
    middle = [value for value, _, _ in reached if value is not None]
    assert middle == sorted(middle)
    for value, lower, upper in reached:
        assert lower is None or value is None or lower <= value
        assert upper is None or (value is not None and value <= upper)


@searched
@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_without_censoring_the_curve_is_the_share_of_those_alive(times: list[int]) -> None:
    curve = kaplan_meier(times, [1] * len(times))
    for day in range(0, 62, 7):
        at = curve.at(day)
        assert at is not None
        assert abs(at[0] - sum(time > day for time in times) / len(times)) < 1e-12


@searched
@given(st.integers(1, 300), st.data())
def test_exact_limits_hold_the_proportion_and_mirror_each_other(n: int, data: Any) -> None:
    x = data.draw(st.integers(0, n))
    limits, mirrored = clopper_pearson(x, n), clopper_pearson(n - x, n)
    assert limits and mirrored
    assert limits[0] <= x / n <= limits[1]
    np.testing.assert_allclose(limits, (1 - mirrored[1], 1 - mirrored[0]), atol=1e-9)


OF_RESPONSE = (
    *("bor", "cbor", "orr", "dcr", "cbr", "cb_A", "cb_B"),
    *("ttr", "dor", "ttr_unconfirmed", "dor_unconfirmed"),
)
ENDS = tuple(plan for plan in PLANS if plan.nact_response == "ends")


@searched
@given(subjects(), st.data(), st.sampled_from(ENDS))
def test_what_is_assessed_after_a_new_therapy_changes_no_response(
    records: SubjectRecords, data: Any, plan: Any
) -> None:
    outcome = derive(records, plan)
    if outcome.new_therapy is None:
        return
    day = outcome.new_therapy + timedelta(days=data.draw(st.integers(1, 400)))
    later = replace(data.draw(assessments("later")), date=day.isoformat())
    # a contact of that day holds the partial dates where they were
    known = replace(records, contacts=(*records.contacts, Contact(day.isoformat(), "visit", "that day")))
    before = derive(known, plan)
    after = derive(replace(known, assessments=(*records.assessments, later)), plan)
    for name in OF_RESPONSE:
        assert getattr(after, name) == getattr(before, name), name


@searched
@given(subjects(), st.sampled_from(PLANS))
def test_a_response_lies_before_the_new_therapy_and_lasts_no_longer_than_is_free_of_progression(
    records: SubjectRecords, plan: Any
) -> None:
    outcome = derive(records, plan)
    for begins, lasts in ((outcome.ttr, outcome.dor), (outcome.ttr_unconfirmed, outcome.dor_unconfirmed)):
        assert (begins is None) == (lasts is None)
        if begins is None or lasts is None or outcome.pfs is None:
            continue
        assert outcome.new_therapy is None or begins.date <= outcome.new_therapy
        # A response dated after the death cannot be, and is reported as such: it lasts its own day.
        assert lasts.date <= max(outcome.pfs.date, begins.date) or not lasts.event


@searched
@given(subjects(), st.lists(full_days, max_size=4), st.sampled_from(PLANS))
def test_signs_of_life_change_nothing_but_survival(records: SubjectRecords, days_seen: list[str], plan: Any) -> None:
    records = replace(records, contacts=(), death=None, new_therapies=())
    whole = tuple(record for record in records.assessments if len(record.date) == 10)
    records = replace(records, assessments=whole)
    seen = tuple(Contact(day, "sample", f"sample:{place}") for place, day in enumerate(days_seen))
    before, after = derive(records, plan), derive(replace(records, signs_of_life=seen), plan)
    for name in ("bor", "cbor", "cbr", "pfs", "dor", "ttr"):
        assert getattr(after, name) == getattr(before, name), name
    if before.os and after.os:
        lived = [(date.fromisoformat(day) - START).days + 1 for day in days_seen]
        assert after.os.days == max([before.os.days, *lived])


@searched
@given(st.decimals(Decimal("0.1"), Decimal(500), places=1), st.decimals(Decimal(0), Decimal(900), places=1))
def test_a_change_never_reads_as_a_threshold_that_it_did_not_reach(baseline: Decimal, total: Decimal) -> None:
    change = change_from(total, baseline)
    assert change is not None
    shown = Decimal(signed(change).replace("−", "-"))
    assert (shown <= -30) == (100 * (baseline - total) >= 30 * baseline)
    assert (shown >= 20) == (100 * (total - baseline) >= 20 * baseline)
    assert abs(shown - change) <= Decimal("0.05")
