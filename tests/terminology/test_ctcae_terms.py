"""The CTCAE's own terms, as they are looked for."""

import tomllib
from collections import Counter
from typing import get_args

import pytest

from laboratory.criteria import SCALES
from protocol.laboratory import CtcaeVersion
from terminology import ctcae


def test_there_are_twenty_eight_categories_and_no_term_twice() -> None:
    terms = list(ctcae.terms("3.0"))
    assert len({term.group for term in terms}) == 28
    assert len({term.text.lower() for term in terms}) == len(terms) == 393


# Of the workbook of version 5.0: terms by system organ class, as two transcriptions of it count them.
CLASSES = {
    "Blood and lymphatic system disorders": 12,
    "Cardiac disorders": 34,
    "Congenital, familial and genetic disorders": 1,
    "Ear and labyrinth disorders": 8,
    "Endocrine disorders": 14,
    "Eye disorders": 26,
    "Gastrointestinal disorders": 122,
    "General disorders and administration site conditions": 25,
    "Hepatobiliary disorders": 18,
    "Immune system disorders": 6,
    "Infections and infestations": 88,
    "Injury, poisoning and procedural complications": 79,
    "Investigations": 42,
    "Metabolism and nutrition disorders": 26,
    "Musculoskeletal and connective tissue disorders": 44,
    "Neoplasms benign, malignant and unspecified (incl cysts and polyps)": 7,
    "Nervous system disorders": 68,
    "Pregnancy, puerperium and perinatal conditions": 4,
    "Psychiatric disorders": 21,
    "Renal and urinary disorders": 23,
    "Reproductive system and breast disorders": 49,
    "Respiratory, thoracic and mediastinal disorders": 62,
    "Skin and subcutaneous tissue disorders": 39,
    "Social circumstances": 1,
    "Surgical and medical procedures": 1,
    "Vascular disorders": 17,
}


def test_version_5_is_whole() -> None:
    terms = list(ctcae.terms("5.0"))
    assert Counter(term.group for term in terms) == CLASSES
    assert len({term.text.lower() for term in terms}) == len(terms) == 837
    assert {term.dictionary for term in terms} == {"CTCAE 5.0"}


def test_every_class_of_version_5_ends_with_its_other_term() -> None:
    last = {term.group: term.text for term in ctcae.terms("5.0")}
    assert {text.rpartition(" - ")[2] for text in last.values()} == {"Other, specify"}
    assert last["Musculoskeletal and connective tissue disorders"].startswith(
        "Musculoskeletal and connective tissue dis"
    )


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Alopecia", (1, 2)),
        ("Febrile neutropenia", (3, 4, 5)),
        ("Neutrophil count decreased", (1, 2, 3, 4)),
        ("Anemia", (1, 2, 3, 4, 5)),
        ("Nausea", (1, 2, 3)),
        ("Vomiting", (1, 2, 3, 4, 5)),
        ("Hyperkeratosis", (1, 3)),
        ("Vaginal stricture", (1, 2, 3, 5)),
        ("Asystole", (1, 4, 5)),
        ("Death neonatal", (4,)),
        ("Death NOS", (5,)),
        ("Acute kidney injury", (3, 4, 5)),
        ("Peripheral sensory neuropathy", (1, 2, 3, 4)),
        ("Palmar-plantar erythrodysesthesia syndrome", (1, 2, 3)),
        ("Tooth discoloration", (1,)),
        ("Pneumonitis", (1, 2, 3, 4, 5)),
    ],
)
def test_a_term_of_version_5_says_which_grades_its_criterion_has(text: str, grades: tuple[int, ...]) -> None:
    term = ctcae.exact("5.0", text)
    assert term is not None
    assert term.grades == grades


def test_every_term_of_version_5_has_grades_in_order_and_none_of_version_3_is_said_to() -> None:
    for term in ctcae.terms("5.0"):
        assert term.grades
        assert list(term.grades) == sorted(set(term.grades) & {1, 2, 3, 4, 5}), term
    assert {term.grades for term in ctcae.terms("3.0")} == {()}


def test_every_laboratory_toxicity_of_version_5_is_a_term_whose_criterion_has_its_grades() -> None:
    for scales in SCALES["5.0"].values():
        for scale in scales:
            term = ctcae.exact("5.0", scale.term)
            assert term is not None, scale.term
            assert term.text == scale.term
            assert {cut.grade for cut in (*scale.cuts, *scale.from_baseline)} <= set(term.grades), scale.term


def test_terms_criteria_and_protocol_files_know_the_same_versions() -> None:
    assert set(ctcae.versions()) == set(SCALES) == set(get_args(CtcaeVersion))


@pytest.mark.parametrize("version", ctcae.versions())
def test_every_word_of_ours_belongs_to_a_term_that_is_there(version: str) -> None:
    also = tomllib.loads((ctcae.FOLDER / f"ctcae_{version.replace('.', '_')}.toml").read_text())["also"]
    assert set(also) <= {term.text for term in ctcae.terms(version)}


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


def test_a_version_that_is_not_here_is_refused_by_name() -> None:
    for look in (lambda: ctcae.find("9.9", "nausea", 5), lambda: ctcae.exact("9.9", "Nausea")):
        with pytest.raises(ValueError, match=r"the terms of CTCAE 9\.9 are not here; known: 3\.0, 5\.0"):
            look()


# What sites write of the events of oncology trials, and the term of version 5.0 that it is.
COMMON = [
    ("neutropenia", "Neutrophil count decreased"),
    ("anaemia", "Anemia"),
    ("low haemoglobin", "Anemia"),
    ("thrombocytopenia", "Platelet count decreased"),
    ("low platelets", "Platelet count decreased"),
    ("leucopenia", "White blood cell decreased"),
    ("lymphopenia", "Lymphocyte count decreased"),
    ("neutropenic fever", "Febrile neutropenia"),
    ("diarrhoea", "Diarrhea"),
    ("nausea", "Nausea"),
    ("vomiting", "Vomiting"),
    ("constipation", "Constipation"),
    ("stomatitis", "Mucositis oral"),
    ("mouth ulcers", "Mucositis oral"),
    ("heartburn", "Dyspepsia"),
    ("gastro-oesophageal reflux", "Gastroesophageal reflux disease"),
    ("asthenia", "Fatigue"),
    ("tired", "Fatigue"),
    ("pyrexia", "Fever"),
    ("peripheral oedema", "Edema limbs"),
    ("decreased appetite", "Anorexia"),
    ("rash", "Rash maculo-papular"),
    ("acneiform", "Rash acneiform"),
    ("dry skin", "Dry skin"),
    ("itching", "Pruritus"),
    ("hand-foot", "Palmar-plantar erythrodysesthesia syndrome"),
    ("hair loss", "Alopecia"),
    ("paronychia", "Paronychia"),
    ("nail", "Nail changes"),
    ("neuropathy", "Peripheral sensory neuropathy"),
    ("tingling", "Paresthesia"),
    ("paraesthesia", "Paresthesia"),
    ("joint pain", "Arthralgia"),
    ("muscle pain", "Myalgia"),
    ("back pain", "Back pain"),
    ("headache", "Headache"),
    ("taste", "Dysgeusia"),
    ("dyspnoea", "Dyspnea"),
    ("shortness of breath", "Dyspnea"),
    ("cough", "Cough"),
    ("nosebleed", "Epistaxis"),
    ("interstitial lung disease", "Pneumonitis"),
    ("pneumonia", "Lung infection"),
    ("UTI", "Urinary tract infection"),
    ("cystitis", "Bladder infection"),
    ("ALT increased", "Alanine aminotransferase increased"),
    ("SGOT", "Aspartate aminotransferase increased"),
    ("jaundice", "Blood bilirubin increased"),
    ("creatinine", "Creatinine increased"),
    ("renal failure", "Acute kidney injury"),
    ("hypokalaemia", "Hypokalemia"),
    ("high blood sugar", "Hyperglycemia"),
    ("high cholesterol", "Cholesterol high"),
    ("QT prolongation", "Electrocardiogram QT corrected interval prolonged"),
    ("LVEF decreased", "Ejection fraction decreased"),
    ("hypertension", "Hypertension"),
    ("hot flushes", "Hot flashes"),
    ("pulmonary embolism", "Thromboembolic event"),
    ("DVT", "Thromboembolic event"),
    ("infusion reaction", "Infusion related reaction"),
    ("hypersensitivity", "Allergic reaction"),
    ("insomnia", "Insomnia"),
    ("fall", "Fall"),
    ("weight decreased", "Weight loss"),
    ("haematuria", "Hematuria"),
    ("conjunctivitis", "Conjunctivitis"),
    ("dry eye", "Dry eye"),
    ("watery eyes", "Watering eyes"),
]


@pytest.mark.parametrize(("words", "term"), COMMON)
def test_among_the_first_ten_is_the_term_that_was_meant(words: str, term: str) -> None:
    assert term in [listed.text for listed in ctcae.find("5.0", words, 10)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("neutropenia", "Neutrophil count decreased"),
        ("anaemia", "Anemia"),
        ("thrombocytopenia", "Platelet count decreased"),
        ("diarrhoea", "Diarrhea"),
        ("pyrexia", "Fever"),
        ("pain", "Pain"),
        ("fever", "Fever"),
        ("hand-foot", "Palmar-plantar erythrodysesthesia syndrome"),
        ("dyspnoea", "Dyspnea"),
        ("hypertension", "Hypertension"),
        ("pneumonia", "Lung infection"),
    ],
)
def test_what_was_typed_or_what_people_call_so_comes_first(words: str, first: str) -> None:
    assert ctcae.find("5.0", words, 10)[0].text == first
