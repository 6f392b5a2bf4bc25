"""Which version of the protocol holds for a subject on a day: worked by hand."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cohorts.schedule import planned_under, planned_visits
from cohorts.versions import Consented, Version, timeline
from protocol import load
from tests.cohorts.amended import CYCLES_OF_21_DAYS, SCANS_EVERY_12_WEEKS
from tests.cohorts.amended import amended as amended_file

ONE = Version(1, "1.0", "", None)
CONSENT, ACTIVE = date(2008, 1, 2), date(2008, 6, 1)


def amended(goes_over: str, active_from: date | None = ACTIVE, key: int = 2) -> Version:
    return Version(key, f"{key}.0", goes_over, active_from)


def holds(*versions: Version, consents: tuple[Consented, ...] = (Consented(CONSENT),)) -> list[tuple[date, int]]:
    return [(held.since, held.version) for held in timeline((ONE, *versions), consents).held]


FIRST = (date.min, 1)


def test_the_version_of_the_set_up_holds_from_the_beginning() -> None:
    assert holds() == [FIRST]
    assert timeline((ONE,), ()).on(date(1999, 1, 1)) == 1


def test_an_installation_that_knows_none_says_so() -> None:
    assert timeline((), ()).on(CONSENT) is None


@pytest.mark.parametrize(("goes_over", "since"), [("visit", [(ACTIVE, 2)]), ("consent", []), ("never", [])])
def test_a_subject_who_is_in_the_trial_goes_over_as_the_amendment_says(goes_over: str, since: list[object]) -> None:
    assert holds(amended(goes_over)) == [FIRST, *since]


@pytest.mark.parametrize("goes_over", ["visit", "consent", "never"])
def test_who_consents_once_it_is_active_begins_with_it(goes_over: str) -> None:
    assert holds(amended(goes_over), consents=(Consented(ACTIVE),)) == [FIRST, (ACTIVE, 2)]
    assert holds(amended(goes_over), consents=()) == [FIRST, (ACTIVE, 2)]


@pytest.mark.parametrize("goes_over", ["visit", "consent", "never"])
def test_it_holds_nowhere_before_the_site_has_approved_it(goes_over: str) -> None:
    assert holds(amended(goes_over, None)) == [FIRST]


@pytest.mark.parametrize(
    ("renewed", "since"),
    [
        (Consented(date(2008, 7, 9), "2.0"), date(2008, 7, 9)),
        (Consented(date(2008, 7, 9)), date(2008, 7, 9)),
        # Who consents before it is active goes over once it is.
        (Consented(date(2008, 5, 1), "2.0"), ACTIVE),
        # To another version than this one.
        (Consented(date(2008, 7, 9), "1.0"), None),
        (Consented(date(2008, 5, 1)), None),
    ],
)
def test_a_renewed_consent_takes_the_subject_over(renewed: Consented, since: date | None) -> None:
    assert holds(amended("consent"), consents=(Consented(CONSENT), renewed)) == [
        FIRST,
        *([(since, 2)] if since else []),
    ]


def test_a_later_version_before_an_earlier_one_leaves_that_one_out() -> None:
    earlier, later = amended("consent"), amended("visit", date(2008, 7, 1), key=3)
    consents = (Consented(CONSENT), Consented(date(2008, 9, 1), "2.0"))
    assert holds(earlier, later, consents=consents) == [FIRST, (date(2008, 7, 1), 3)]


def test_a_day_belongs_to_the_version_that_began_last() -> None:
    held = timeline((ONE, amended("visit")), (Consented(CONSENT),))
    assert [held.on(day) for day in (ACTIVE - timedelta(1), ACTIVE)] == [1, 2]


# --- what is planned under two versions ------------------------------------------------------------------------------
DOSE = date(2008, 1, 7)
COURSE = {
    "consent_date": CONSENT,
    "first_dose": DOSE,
    "today": date(2008, 12, 31),
    "cycle_starts": {},
    "end_of_treatment": None,
    "progression": None,
    "death": None,
}


@pytest.fixture
def old() -> object:
    return load(Path(__file__).parents[2] / "protocol/nct00426556.toml")


def changed(old: object, tmp_path: Path, *replacements: tuple[str, str]) -> object:
    text = (Path(__file__).parents[2] / "protocol/nct00426556.toml").read_text()
    for before, after in (('version = "1.0"', 'version = "2.0"'), *replacements):
        assert before in text
        text = text.replace(before, after, 1)
    path = tmp_path / "amended.toml"
    path.write_text(text)
    return load(path)


def of_kind(visits: list, kind: str) -> list[tuple[str, date]]:
    return [(visit.code, visit.target) for visit in visits if visit.kind == kind]


def test_assessments_go_on_by_the_new_interval_and_are_numbered_on(old: object, tmp_path: Path) -> None:
    new = changed(old, tmp_path, *SCANS_EVERY_12_WEEKS)
    # Day 56, 112 under the old version; day 168, 252, 336 under the new one, which alone would call them TA02 to TA04.
    plans = [(date.min, old), (DOSE + timedelta(120), new)]
    assert of_kind(planned_under(plans, **COURSE), "tumour") == [
        ("TA01", DOSE + timedelta(56)),
        ("TA02", DOSE + timedelta(112)),
        ("TA03", DOSE + timedelta(168)),
        ("TA04", DOSE + timedelta(252)),
        ("TA05", DOSE + timedelta(336)),
        ("TA06", DOSE + timedelta(420)),
    ]


def test_a_shorter_interval_is_numbered_on_too(old: object, tmp_path: Path) -> None:
    new = changed(old, tmp_path, ("every_days = 56", "every_days = 28"))
    plans = [(date.min, old), (DOSE + timedelta(120), new)]
    visits = of_kind(planned_under(plans, **COURSE), "tumour")
    assert visits[:4] == [
        ("TA01", DOSE + timedelta(56)),
        ("TA02", DOSE + timedelta(112)),
        ("TA03", DOSE + timedelta(140)),
        ("TA04", DOSE + timedelta(168)),
    ]


def test_windows_days_and_dropped_visits_hold_from_the_day_on(old: object, tmp_path: Path) -> None:
    text = Path(__file__).parents[2].joinpath("protocol/nct00426556.toml").read_text()
    begin = text.index('[[visits]]\nkind = "cycle"\ncode = "D22"')
    dropped = text[begin : text.index("[[visits]]", begin + 1)]
    assumed = next(line for line in text.splitlines() if line.startswith('"visits.D22"'))
    new = changed(
        old, tmp_path, (dropped, ""), (assumed, ""), ('code = "D8"\nlabel = "Day 8"\nday = 8\nearly_days = 2',
                                        'code = "D8"\nlabel = "Day 8"\nday = 8\nearly_days = 1'),
        ("days = [1, 8, 15, 22]", "days = [1, 8, 15]"),
    )  # fmt: skip
    since = DOSE + timedelta(28)
    visits = {visit.code: visit for visit in planned_under([(date.min, old), (since, new)], **COURSE)}
    assert "C1D22" in visits and "C2D22" not in visits
    assert [(visits[code].target - visits[code].window_from).days for code in ("C1D8", "C2D8")] == [2, 1]


def test_one_version_alone_plans_as_ever(old: object) -> None:
    assert planned_under([(date.min, old)], **COURSE) == planned_visits(old, **COURSE)


def of_21_days(old: object, tmp_path: Path) -> object:
    path = tmp_path / "of_21_days.toml"
    path.write_bytes(amended_file(*CYCLES_OF_21_DAYS))
    return load(path)


def in_cycles(plans: list[tuple[date, object]], **more: object) -> dict[str, int]:
    """By its code, how many days after the first dose each visit of a cycle is planned."""
    kinds = ("cycle", "dlt")
    visits = [visit for visit in planned_under(plans, **{**COURSE, **more}) if visit.kind in kinds]
    codes = [visit.code for visit in visits]
    assert len(codes) == len(set(codes)), "each is planned once"
    return {visit.code: (visit.target - DOSE).days for visit in visits}


@pytest.mark.parametrize("active", range(20, 32))
def test_a_cycle_that_has_begun_is_finished_by_the_length_that_it_began_with(
    old: object, tmp_path: Path, active: int
) -> None:
    new = of_21_days(old, tmp_path)
    days = in_cycles([(date.min, old), (DOSE + timedelta(active), new)], today=DOSE + timedelta(40))
    # Neither lost between the two lengths nor twice: cycle 2 begins when cycle 1, of 28 days, is over.
    assert [days[f"C1D{day}"] for day in (1, 8, 15)] == [0, 7, 14]
    assert ("C1D22" in days) == (active > 21)
    second = {code: day for code, day in days.items() if code.startswith("C2")}
    assert second == {"C2D1": 28, "C2D8": 35, "C2D15": 42}
    assert days["C3D1"] == (28 + 28 if active > 28 else 28 + 21)


def test_longer_cycles_begin_with_the_next_one(old: object, tmp_path: Path) -> None:
    new = of_21_days(old, tmp_path)
    days = in_cycles([(date.min, new), (DOSE + timedelta(10), old)], today=DOSE + timedelta(40))
    # Of the cycle of 21 days day 22 is none, though the new version has one.
    assert "C1D22" not in days
    assert [days[code] for code in ("C1D15", "C2D1", "C2D22", "C3D1")] == [14, 21, 42, 49]


def test_dose_limiting_toxicity_is_evaluated_once_the_cycle_of_the_first_dose_is_over(
    old: object, tmp_path: Path
) -> None:
    new = of_21_days(old, tmp_path)
    for active, over in ((5, 28), (25, 28), (0, 21)):
        days = in_cycles([(date.min, old), (DOSE + timedelta(active), new)], dlt_evaluated=True)
        assert days["C1DLT"] == over, active


def test_a_day_that_comes_earlier_is_not_lost_between_two_versions(old: object, tmp_path: Path) -> None:
    """Day 15 becomes day 14, from a day on that lies between the two."""
    earlier = [(f"days = [1, 8, 15{end}", f"days = [1, 8, 14{end}") for end in ("]", ", 22]")]
    new = changed(old, tmp_path, ('label = "Day 15"\nday = 15', 'label = "Day 15"\nday = 14'), *earlier)
    days = in_cycles([(date.min, old), (DOSE + timedelta(14), new)], today=DOSE + timedelta(40))
    assert (days["C1D15"], days["C2D15"]) == (14, 41)
