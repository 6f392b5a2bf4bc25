"""The CTCAE's own terms, as they are looked for."""

import pytest

from terminology import ctcae


def test_there_are_twenty_eight_categories_and_no_term_twice() -> None:
    terms = list(ctcae.terms("3.0"))
    assert len({term.group for term in terms}) == 28
    assert len({term.text.lower() for term in terms}) == len(terms) == 393


def test_every_word_of_ours_belongs_to_a_term_that_is_there() -> None:
    import tomllib

    also = tomllib.loads((ctcae.FOLDER / "ctcae_3_0.toml").read_text())["also"]
    assert set(also) <= {term.text for term in ctcae.terms("3.0")}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("neutroph", "Neutrophils/granulocytes (ANC/AGC)"),
        ("thrombocytopenia", "Platelets"),
        ("anaemia", "Hemoglobin"),
        ("diarrhoea", "Diarrhea"),
        ("dyspnoea", "Dyspnea (shortness of breath)"),
        ("oedema limb", "Edema: limb"),
        ("RASH", "Rash/desquamation"),
        ("febrile neu", "Febrile neutropenia"),
        ("arthralgia", "Pain: joint"),
    ],
)
def test_a_term_is_found_by_the_words_that_people_use(query: str, first: str) -> None:
    assert ctcae.find("3.0", query, 5)[0].text == first


def test_every_word_must_fit() -> None:
    assert ctcae.find("3.0", "rash nausea", 5) == []


@pytest.mark.parametrize("query", ["", "  ", "%", "xyzzy"])
def test_nothing_is_found_by_nothing(query: str) -> None:
    assert ctcae.find("3.0", query, 5) == []


def test_no_more_come_than_were_asked_for() -> None:
    assert len(ctcae.find("3.0", "p", 7)) == 7


def test_exact_words_in_any_case_are_the_term() -> None:
    term = ctcae.exact("3.0", " nausea ")
    assert term is not None
    assert (term.text, term.code, term.group, term.dictionary) == ("Nausea", "", "Gastrointestinal", "CTCAE 3.0")
    assert ctcae.exact("3.0", "naus") is None


def test_a_version_that_is_not_here_has_no_terms() -> None:
    assert ctcae.find("9.9", "nausea", 5) == []
