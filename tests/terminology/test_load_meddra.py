"""The sponsor's own dictionary: loaded whole by a command, in force from then on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from terminology.models import Dictionary, LowestTerm
from terminology.reading import coded, dictionary_name, find
from tests.terminology.conftest import HIERARCHY, LLT

pytestmark = pytest.mark.django_db
Distribution = Callable[..., Path]


def load(folder: Path, **options: str | bool) -> None:
    call_command("load_meddra", str(folder), verbosity=0, **options)


@pytest.fixture
def loaded(distribution: Distribution, capsys: pytest.CaptureFixture[str]) -> str:
    load(distribution())
    return capsys.readouterr().out


def test_the_current_terms_are_loaded_with_their_primary_path(loaded: str) -> None:
    assert loaded == "MedDRA 99.1: 4 current terms. Adverse events are coded with it from now on.\n"
    azure = LowestTerm.objects.get(code="10000003")
    assert (azure.text, azure.preferred_code, azure.preferred) == ("Azure nose", "20000002", "Blue nose")
    assert (azure.hlt, azure.hlgt, azure.soc) == ("Colours of noses", "Colours NEC", "Nose colours")


def test_the_dictionary_takes_the_place_of_the_ctcae(loaded: str) -> None:
    assert dictionary_name() == "MedDRA 99.1"
    assert coded("nausea") is None
    term = coded("azure NOSE")
    assert term is not None
    assert (term.code, term.group, term.dictionary) == ("10000003", "Nose colours", "MedDRA 99.1")


def test_terms_are_found_by_the_beginnings_of_their_words_in_either_spelling(loaded: str) -> None:
    assert [term.text for term in find("hemo bl")] == ["Blue haemoglobin"]
    assert [term.text for term in find("haemo")] == ["Blue haemoglobin"]
    assert [term.text for term in find("nose")] == ["Blue nose", "Azure nose", "Green nose bleeding"]
    assert find("nose & !blue | (") != []


def test_a_term_that_is_no_longer_current_is_not_offered(loaded: str) -> None:
    assert find("olden") == []


def test_without_a_dictionary_events_are_coded_by_the_ctcae() -> None:
    assert dictionary_name() == "CTCAE 3.0"
    assert coded("Nausea").dictionary == "CTCAE 3.0"  # type: ignore[union-attr]


def test_a_newer_release_comes_into_force_and_the_older_one_stays(distribution: Distribution, loaded: str) -> None:
    load(distribution(release="99.2$English$$$"))
    assert dictionary_name() == "MedDRA 99.2"
    assert Dictionary.objects.get(version="99.1").terms.count() == 4


def test_a_term_that_was_stored_keeps_the_dictionary_that_it_came_from(loaded: str) -> None:
    kept = coded("nausea", first="CTCAE 3.0")
    assert kept is not None
    assert (kept.text, kept.dictionary) == ("Nausea", "CTCAE 3.0")
    assert coded("azure nose", first="CTCAE 3.0").dictionary == "MedDRA 99.1"  # type: ignore[union-attr]
    assert coded("nausea", first="MedDRA 98.0") is None


def test_a_release_is_loaded_once(distribution: Distribution, loaded: str) -> None:
    with pytest.raises(CommandError, match=r"MedDRA 99\.1 is loaded already"):
        load(distribution())


def test_an_older_distribution_is_told_its_release_and_may_be_in_latin_1(distribution: Distribution) -> None:
    folder = distribution(release="", encoding="latin-1", llt=[*LLT, "10000009$Naïve nose$20000002$$$$$$$Y$$"])
    with pytest.raises(CommandError, match="does not say its release"):
        load(folder)
    load(folder, release="12.0")
    assert coded("naïve nose").dictionary == "MedDRA 12.0"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ({"llt": ["10000001$Blue nose$20000099$$$$$$$Y$$"]}, "llt.asc, line 1: pt.asc has no preferred term 20000099"),
        ({"pt": ["20000001"]}, "pt.asc, line 1: 2 fields"),
        ({"mdhier": ["a$b$c$"]}, "mdhier.asc, line 1: 12 fields"),
        ({"llt": []}, "llt.asc is empty: unpack the distribution anew"),
        ({"pt": []}, "pt.asc is empty: unpack the distribution anew"),
        ({"mdhier": ["", "  "]}, "mdhier.asc is empty: unpack the distribution anew"),
        ({"mdhier": HIERARCHY[:1]}, "mdhier.asc has the primary path of 1 of 3 preferred terms: unpack"),
        ({"mdhier": HIERARCHY[:3]}, "mdhier.asc has the primary path of 2 of 3 preferred terms: unpack"),
        ({"llt": LLT[:4]}, "llt.asc has a term of 2 of 3 preferred terms: unpack"),
        ({"llt": [line.replace("$", ";") for line in LLT]}, "llt.asc, line 1: 10 fields ended by"),
        ({"llt": [*LLT, LLT[0]]}, "llt.asc, line 6: the term 10000001 stands there twice"),
        ({"llt": [line.replace("$Y$", "$N$") for line in LLT]}, "MedDRA 99.1 has no current term."),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_loaded(
    distribution: Distribution, lines: dict[str, list[str]], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        load(distribution(**lines))
    assert not Dictionary.objects.exists()
    assert dictionary_name() == "CTCAE 3.0"


@pytest.mark.parametrize("name", ["llt.asc", "pt.asc", "mdhier.asc"])
def test_a_file_that_is_missing_is_named_and_the_one_in_force_stays(
    distribution: Distribution, loaded: str, name: str
) -> None:
    folder = distribution(release="99.2$English$$$")
    (folder / name).unlink()
    with pytest.raises(CommandError, match=f"has no {name}: needed are llt.asc, pt.asc, mdhier.asc"):
        load(folder)
    assert (dictionary_name(), Dictionary.objects.count()) == ("MedDRA 99.1", 1)


def test_far_fewer_terms_than_in_force_are_refused_unless_it_is_said_that_they_are_right(
    distribution: Distribution, loaded: str
) -> None:
    folder = distribution(release="99.2$English$$$", llt=[LLT[0], LLT[1], LLT[4]])
    with pytest.raises(
        CommandError, match=r"99\.2 has 3 current terms, and MedDRA 99\.1, which is in force, has 4"
    ) as refusal:
        load(folder)
    assert "--fewer-terms" in str(refusal.value)
    assert (dictionary_name(), LowestTerm.objects.count()) == ("MedDRA 99.1", 4)
    load(folder, fewer_terms=True)
    assert dictionary_name() == "MedDRA 99.2"


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"has no pt\.asc"):
        load(tmp_path, release="1")
    with pytest.raises(CommandError, match="is not a folder"):
        load(tmp_path / "nowhere", release="1")
