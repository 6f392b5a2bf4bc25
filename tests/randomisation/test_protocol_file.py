"""What a file may say of groups that a list gives; what cannot be meant is refused by its line."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from assessments.plan.fit import unfit
from protocol import ProtocolError, parse
from protocol.randomisation import Randomisation, Stratum
from tests.randomisation.conftest import STRATA, randomising

FILE = Path("randomised.toml")
YES_NO, NUMBER = STRATA
FAULTY = (
    (randomising(*STRATA).replace('["WITH", "WITHOUT"]', '["WITH", "WITHUOT"]', 1), "Did you mean WITHOUT?"),
    (randomising(*STRATA).replace('["WITH", "WITHOUT"]', '["WITH", "WITH"]', 1), "named more than once: WITH"),
    (randomising(*STRATA).replace('["WITH", "WITHOUT"]', '["WITH", "P1-5D"]', 1), "they are of several phases: I, II"),
    (randomising(*STRATA).replace('["WITH", "WITHOUT"]', '["WITH", "P1-5D"]', 1), "P1-5D is a dose level"),
    (randomising(*STRATA).replace('["WITH", "WITHOUT"]', '["WITH"]', 1), "at least 2 items"),
    (randomising(YES_NO, YES_NO), "measurable_disease heads more than one column"),
    (randomising(YES_NO.replace('["yes", "no"]', '["yes", "non"]')), "unknown answer of measurable_disease non"),
    (randomising(YES_NO.replace('["yes", "no"]', '["yes"]')), "levels are two or more"),
    (randomising(YES_NO.replace('levels = ["yes", "no"]', "cuts = [1]")), "answered by yes, no: state these as levels"),
    (randomising(NUMBER.replace("cuts = [1]", 'levels = ["0", "1"]')), "who_status is a number: state cuts"),
    (randomising(NUMBER.replace("cuts = [1]", "cuts = [2, 1]")), "cuts must rise"),
    (randomising(NUMBER.replace(", cuts = [1]", "")), "state either levels or cuts"),
    (
        randomising(NUMBER.replace("who_status", "who_sttus")),
        "this trial does not ask for who_sttus on the form eligibility",
    ),
    (randomising(NUMBER.replace("who_status", "neutrophils")), "neither a yes-no item, nor a choice or a number"),
    (randomising(NUMBER.replace("eligibility", "tumour")), "tumour may be filled after the enrolment"),
    (randomising(NUMBER.replace("eligibility", "exposure")), "this trial does not ask for the form exposure"),
)


@pytest.mark.parametrize(("text", "words"), FAULTY, ids=[words for _, words in FAULTY])
def test_a_faulty_randomisation_is_refused_at_its_line(text: str, words: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse(text.encode(), FILE, unfit)
    first = text[: text.index("[randomisation]")].count("\n") + 1
    last = first + text[text.index("[randomisation]") :].split("\n\n")[0].count("\n")
    faults = [fault for fault in refusal.value.faults if words in fault.words]
    assert faults, refusal.value
    assert all(fault.line and first <= fault.line <= last for fault in faults), faults


def test_a_sound_one_is_read() -> None:
    given = parse(randomising(*STRATA).encode(), FILE, unfit).randomisation
    assert given is not None
    assert given.columns == ("number", "measurable_disease", "who_status", "group")


@pytest.mark.parametrize(
    ("answer", "level"), [("0.99", "below 1"), ("1", "1 to below 3"), ("3", "3 or more"), ("7", "3 or more")]
)  # fmt: skip
def test_a_number_is_in_the_level_whose_cut_it_reaches(answer: str, level: str) -> None:
    stratum = Stratum(form="eligibility", item="lines", label="Lines", cuts=(Decimal(1), Decimal(3)))
    assert stratum.level_of(Decimal(answer)) == level
    assert level in stratum.names


def test_a_stratum_is_called_by_site_and_levels() -> None:
    stratum = Stratum(form="eligibility", item="lines", label="Lines", levels=("yes", "no"))
    given = Randomisation(cohorts=("A", "B"), by_site=True, strata=(stratum,))
    assert given.key("101", {"lines": "no"}) == "site 101, lines=no"
    assert stratum.level_of("unknown") is None
    with pytest.raises(ValidationError):
        Randomisation(cohorts=("A",))
