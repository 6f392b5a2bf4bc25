"""What a protocol file says of the comparison of randomised groups: its defaults, and what is refused."""

from decimal import Decimal

import pytest

from outline.contents import outline
from protocol import Protocol, ProtocolError, load, parse
from protocol.randomisation import Randomisation, Stratum
from tests.protocol.conftest import TRIAL
from tests.randomisation.two_arms import two_arms


def read(*settings: str, change: tuple[str, str] = ("", ""), **more: str) -> Protocol:
    text = two_arms(*settings, **more)  # type: ignore[arg-type]
    assert change[0] in text
    return parse(text.replace(*change).encode(), TRIAL)


def test_what_the_file_leaves_out_has_a_default_that_compares_by_all_strata_with_two_sided_tests() -> None:
    plan = read().analysis
    assert (plan.reference_arm, plan.comparison_strata, plan.comparison_ties) == ("WITHOUT", "as_randomised", "efron")
    assert (plan.comparison_sides, plan.primary_endpoint) == ("two-sided", None)
    assert load(TRIAL).analysis.reference_arm is None


def test_every_key_can_be_stated() -> None:
    plan = read(
        'primary_endpoint = "pfs"',
        'comparison_strata = ["who_status"]',
        'comparison_ties = "breslow"',
        'comparison_sides = "one-sided"',
    ).analysis
    assert (plan.primary_endpoint, plan.comparison_strata) == ("pfs", ("who_status",))
    assert (plan.comparison_ties, plan.comparison_sides) == ("breslow", "one-sided")
    assert read("comparison_strata = []").analysis.comparison_strata == ()
    assert read('comparison_strata = ["site"]', more="by_site = true\n").analysis.comparison_strata == ("site",)


ORIGIN = 'origin = "randomisation"'
REFUSED = {
    'reference_arm = "WITHOUT"': ('reference_arm = "Without"', "analysis.reference_arm: unknown randomised group"),
    'code = "all_randomised"\nlabel = "All randomised"': (
        'code = "all_treated"\nlabel = "All randomised"',
        "analysis.reference_arm: no analysis set is all_randomised",
    ),
    ORIGIN: ('origin = "first_dose"', "analysis.reference_arm: randomised groups are compared from randomisation"),
    'cohorts = ["WITH", "WITHOUT"]\nheadline': (
        'cohorts = ["WITH"]\nheadline',
        "analysis.reference_arm: no population has WITHOUT and another randomised group",
    ),
}


@pytest.mark.parametrize("old", REFUSED)
def test_a_comparison_that_could_not_be_made_is_refused(old: str) -> None:
    new, words = REFUSED[old]
    with pytest.raises(ProtocolError, match=words):
        read(change=(old, new))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ('comparison_strata = ["age"]', "analysis.comparison_strata: unknown factor of the list age"),
        ('comparison_strata = ["site"]', "analysis.comparison_strata: unknown factor of the list site"),
        ('comparison_strata = ["who_status", "who_status"]', "a factor is named more than once: who_status"),
        ('comparison_strata = "none"', "analysis.comparison_strata"),
        ('comparison_ties = "exact"', "analysis.comparison_ties"),
        ('comparison_sides = "two"', "analysis.comparison_sides"),
        ('primary_endpoint = "ttp"', "analysis.primary_endpoint"),
    ],
)
def test_a_setting_that_is_none_is_refused(setting: str, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        read(setting)


def test_a_trial_that_randomises_nobody_compares_nobody() -> None:
    text = TRIAL.read_text().replace("[analysis]", '[analysis]\nreference_arm = "P2-10D"')
    with pytest.raises(ProtocolError, match="unknown randomised group P2-10D"):
        parse(text.encode(), TRIAL)


def test_the_page_protocol_tells_each_setting() -> None:
    parts = {part.code: part for part in outline(read('primary_endpoint = "pfs"'))}
    settings = {row[3]: row[1] for row in parts["analysis"].tables[0].rows}
    assert settings["reference_arm"] == "WITHOUT"
    assert settings["primary_endpoint"] == "pfs"
    assert settings["comparison_strata"] == "as_randomised"
    assert (settings["comparison_ties"], settings["comparison_sides"]) == ("efron", "two-sided")


@pytest.mark.parametrize(
    ("key", "levels"),
    [
        ("measurable_disease=yes, who_status=1 or more", {"measurable_disease": "yes", "who_status": "1 or more"}),
        ("measurable_disease=maybe, who_status=1 or more", None),
        ("who_status=1 or more", None),
        ("", None),
    ],
)
def test_a_stratum_is_read_back_from_its_name(key: str, levels: dict[str, str] | None) -> None:
    given = read().randomisation
    assert given is not None
    assert given.levels_in(key) == levels
    if levels:
        assert given.key("", levels) == key


def test_a_stratum_with_a_comma_in_a_level_and_a_site_is_read_back() -> None:
    strata = [
        Stratum(form="history", item="kind", label="Kind", levels=("lobular", "lobular, invasive")),
        Stratum(form="history", item="age", label="Age", cuts=(Decimal(65),)),
    ]
    given = Randomisation(cohorts=("A", "B"), by_site=True, strata=tuple(strata))
    assert given.factors == {"site": "Site", "kind": "Kind", "age": "Age"}
    for kind in strata[0].names:
        levels = {"site": "101", "kind": kind, "age": "below 65"}
        assert given.levels_in(given.key("101", levels)) == levels
