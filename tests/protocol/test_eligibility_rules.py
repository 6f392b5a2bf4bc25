from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.eligibility_rules import eligible, verdicts
from protocol import load
from tests.protocol.conftest import TRIAL

PROTOCOL = load(TRIAL)
START = date(2008, 2, 4)
FIT = {
    "sex": "female",
    "age_at_consent": 52,
    "who_status": 1,
    "her2_ihc": "3+",
    "her2_fish": "not done",
    "histology_confirmed": True,
    "progressed_on_trastuzumab": True,
    "resistant_to_trastuzumab": True,
    "resistant_to_taxanes": True,
    "measurable_disease": True,
    "neurologically_stable": True,
    "neutrophils": Decimal("3.2"),
    "platelets": 210,
    "haemoglobin": Decimal("12.1"),
    "bilirubin": 9,
    "bilirubin_uln": 20,
    "ast": 30,
    "ast_uln": 40,
    "alt": 30,
    "alt_uln": 40,
    "liver_metastases": False,
    "creatinine": 70,
    "creatinine_uln": 90,
    "consent_date": START - timedelta(7),
    "planned_first_dose_date": START,
    "prior_endocrine_therapy": False,
    "prior_chemotherapy": True,
    "last_chemotherapy_date": START - timedelta(40),
    "prior_immunotherapy": False,
    "prior_radiotherapy": False,
    "prior_lapatinib": False,
    "prior_mtor_inhibitor": False,
}


def judged(criterion, phase="II", **answers):
    return next(v for v in verdicts(PROTOCOL, phase, {**FIT, **answers}) if v.criterion.code == criterion)


def days_before(days):
    return START - timedelta(days)


def test_a_fit_subject_meets_every_criterion():
    of_subject = verdicts(PROTOCOL, "II", FIT)
    assert [verdict.criterion for verdict in of_subject] == list(PROTOCOL.criteria("II"))
    assert eligible(of_subject)


@pytest.mark.parametrize(
    ("criterion", "item", "last_met", "first_not_met"),
    [
        ("I01", "sex", "male", None),
        ("I02", "age_at_consent", 18, 17),
        ("I03", "who_status", 1, 2),
        ("I03", "who_status", 0, 2),
        ("I05", "histology_confirmed", True, False),
        ("I06", "progressed_on_trastuzumab", True, False),
        ("I07", "resistant_to_trastuzumab", True, False),
        ("I08", "resistant_to_taxanes", True, False),
        ("I09", "measurable_disease", True, False),
        ("I10", "neurologically_stable", True, False),
        ("I11", "neutrophils", Decimal("1.5"), Decimal("1.4999")),
        ("I12", "platelets", 100, Decimal("99.9")),
        ("I13", "haemoglobin", 9, Decimal("8.9")),
        ("I14", "bilirubin", 30, Decimal("30.01")),
        ("I15", "ast", 100, Decimal("100.1")),
        ("I16", "alt", 100, Decimal("100.1")),
        ("I17", "creatinine", 135, Decimal("135.01")),
        ("I18", "consent_date", START, START + timedelta(1)),
        ("E01", "last_endocrine_therapy_date", days_before(14), days_before(13)),
        ("E02", "last_chemotherapy_date", days_before(28), days_before(27)),
        ("E03", "last_immunotherapy_date", days_before(28), days_before(27)),
        ("E04", "last_radiotherapy_date", days_before(28), days_before(27)),
        ("E05", "last_lapatinib_date", days_before(14), days_before(13)),
        ("E06", "prior_mtor_inhibitor", False, True),
    ],
)
def test_each_limit_is_exact_on_both_sides(criterion, item, last_met, first_not_met):
    assert judged(criterion, **{item: last_met}).status == "met"
    if first_not_met is not None:
        assert judged(criterion, **{item: first_not_met}).status == "not_met"
        assert not eligible(verdicts(PROTOCOL, "II", {**FIT, item: first_not_met}))


@pytest.mark.parametrize("criterion", [criterion.code for criterion in PROTOCOL.eligibility])
def test_without_answers_every_criterion_is_unknown(criterion):
    verdict = next(v for v in verdicts(PROTOCOL, "II", {}) if v.criterion.code == criterion)
    assert verdict.status == "unknown"
    assert "not recorded: " in verdict.reason


def test_an_unknown_criterion_keeps_a_subject_out():
    assert not eligible(verdicts(PROTOCOL, "II", {**FIT, "platelets": None}))


@pytest.mark.parametrize(
    ("ihc", "fish", "status"),
    [
        ("3+", "not done", "met"),
        ("3+", "negative", "met"),
        ("3+", None, "met"),
        ("2+", "positive", "met"),
        (None, "positive", "met"),
        ("2+", "negative", "not_met"),
        ("2+", "not done", "not_met"),
        ("not done", "not done", "not_met"),
        ("2+", None, "unknown"),
        (None, "negative", "unknown"),
        (None, None, "unknown"),
    ],
)
def test_her2_is_over_expressed_by_either_test(ihc, fish, status):
    assert judged("I04", her2_ihc=ihc, her2_fish=fish).status == status


@pytest.mark.parametrize(
    ("ast", "liver_metastases", "status"),
    [
        (Decimal(100), False, "met"),
        (Decimal("100.1"), False, "not_met"),
        (Decimal("100.1"), True, "met"),
        (Decimal(200), True, "met"),
        (Decimal("200.1"), True, "not_met"),
        (Decimal(100), None, "met"),
        (Decimal("100.1"), None, "unknown"),
        (Decimal(200), None, "unknown"),
        (Decimal("200.1"), None, "not_met"),
    ],
)
def test_liver_metastases_raise_the_limit(ast, liver_metastases, status):
    assert judged("I15", ast=ast, liver_metastases=liver_metastases).status == status
    assert judged("I16", alt=ast, liver_metastases=liver_metastases).status == status


@pytest.mark.parametrize(
    ("given", "last", "status"),
    [
        (False, None, "met"),
        (True, None, "unknown"),
        (None, None, "unknown"),
        (None, days_before(28), "met"),
        (True, days_before(27), "not_met"),
        (False, days_before(27), "not_met"),
        (True, START + timedelta(3), "not_met"),
    ],
)
def test_a_therapy_never_given_needs_no_date(given, last, status):
    assert judged("E04", prior_radiotherapy=given, last_radiotherapy_date=last).status == status


def test_a_wash_out_needs_the_day_of_the_first_dose_only_if_there_was_therapy():
    assert judged("E02", planned_first_dose_date=None).status == "unknown"
    assert judged("E01", planned_first_dose_date=None).status == "met"


IHC, FISH = "HER2 by immunohistochemistry", "HER2 by FISH"
BEFORE = "4 Feb 2008 (Planned date of the first dose)"
REASONS = [
    ("I01", {}, "Sex: female"),
    ("I02", {"age_at_consent": 17}, "Age at consent 17 years, at least 18 years required"),
    ("I03", {"who_status": 2}, "WHO performance status 2, at most 1 required"),
    ("I04", {"her2_ihc": "2+", "her2_fish": None}, f"not recorded: {FISH}"),
    (
        "I04",
        {"her2_ihc": "2+", "her2_fish": "negative"},
        f"{IHC}: 2+, 3+ required; {FISH}: negative, positive required",
    ),
    ("I05", {"histology_confirmed": False}, "Metastatic breast cancer confirmed by histology: no"),
    ("I11", {"neutrophils": Decimal("1.40")}, "Neutrophils 1.4 10⁹/L, at least 1.5 10⁹/L required"),
    ("I12", {"platelets": Decimal("1E+2")}, "Platelets 100 10⁹/L, at least 100 10⁹/L required"),
    ("I14", {"bilirubin": 31}, "Bilirubin 31 µmol/L, at most 1.5 x ULN 20 = 30 µmol/L required"),
    ("I14", {"bilirubin_uln": None}, "not recorded: Upper limit of normal of bilirubin"),
    ("I15", {"ast": 101}, "AST 101 U/L, at most 2.5 x ULN 40 = 100 U/L required"),
    (
        "I15",
        {"ast": 101, "liver_metastases": True},
        "AST 101 U/L, at most 5 x ULN 40 = 200 U/L required with liver metastases",
    ),
    ("I18", {}, f"Date of informed consent 28 Jan 2008, not later than {BEFORE}"),
    ("I18", {"consent_date": date(2008, 2, 5)}, f"Date of informed consent 5 Feb 2008, later than {BEFORE}"),
    ("E01", {}, "Earlier endocrine therapy: no"),
    (
        "E01",
        {"prior_endocrine_therapy": None},
        "not recorded: Last day of endocrine therapy, Earlier endocrine therapy",
    ),
    (
        "E02",
        {"last_chemotherapy_date": date(2008, 1, 10)},
        f"Last day of chemotherapy 10 Jan 2008, 25 days before {BEFORE}, at least 28 days before required",
    ),
    (
        "E02",
        {"last_chemotherapy_date": date(2008, 2, 5)},
        f"Last day of chemotherapy 5 Feb 2008, 1 day after {BEFORE}, at least 28 days before required",
    ),
]


@pytest.mark.parametrize(("criterion", "answers", "reason"), REASONS)
def test_the_reason_names_the_values_and_the_limit(criterion, answers, reason):
    assert judged(criterion, **answers).reason == reason


def test_an_unknown_exception_names_both_limits_and_what_is_missing():
    reason = judged("I15", ast=150, liver_metastases=None).reason
    assert "2.5 x ULN" in reason and "5 x ULN" in reason and reason.endswith("not recorded: Liver metastases")


def test_phase_one_does_not_ask_for_measurable_disease():
    answers = {**FIT, "measurable_disease": False, "resistant_to_taxanes": False}
    assert eligible(verdicts(PROTOCOL, "I", answers))
    assert not eligible(verdicts(PROTOCOL, "II", answers))


@pytest.mark.parametrize(
    ("item", "answer", "message"),
    [
        ("haemoglobin", 9.0, "haemoglobin must be an exact number, not 9.0"),
        ("haemoglobin", True, "haemoglobin must be an exact number, not True"),
        ("haemoglobin", Decimal("NaN"), "haemoglobin must be an exact number"),
        ("haemoglobin", "9", "haemoglobin must be an exact number, not '9'"),
        ("histology_confirmed", "yes", "histology_confirmed must be answered yes or no, not 'yes'"),
        ("her2_ihc", "4+", r"her2_ihc must be one of 0, 1\+, 2\+, 3\+, not done, not '4\+'"),
        ("consent_date", "2008-01-28", "consent_date must be a date, not '2008-01-28'"),
        ("consent_date", datetime(2008, 1, 28, tzinfo=UTC), "consent_date must be a date"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused(item, answer, message):
    with pytest.raises(TypeError, match=message):
        verdicts(PROTOCOL, "II", {**FIT, item: answer})


@settings(deadline=None)
@given(normal=st.decimals("0.1", 500, places=2), excess=st.decimals("-0.05", "0.05", places=3))
def test_a_multiple_of_normal_is_compared_exactly(normal, excess):
    limit = Decimal("1.5") * normal
    expected = "met" if excess <= 0 else "not_met"
    assert judged("I14", bilirubin=limit + excess, bilirubin_uln=normal).status == expected


@settings(deadline=None)
@given(known=st.sets(st.sampled_from(sorted(FIT))))
def test_every_criterion_has_one_verdict_with_a_reason_whatever_is_recorded(known):
    of_subject = verdicts(PROTOCOL, "II", {name: FIT[name] for name in known})
    assert len(of_subject) == len(PROTOCOL.criteria("II"))
    assert all(verdict.reason for verdict in of_subject)
    assert all(verdict.status in {"met", "unknown"} for verdict in of_subject)
