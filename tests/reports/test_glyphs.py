"""Every text that is printed shows its glyphs; of what no font has, the page says so, and nobody sees an empty box."""

import datetime
from pathlib import Path

import pytest
import typst

from accounts.access import access_for
from outline import document
from reports import blank_crf, casebook_copy, endpoints_report, monitoring_report
from reports.casebook_copy import Copying
from reports.characters import PLAIN, STRICT, fonts, is_shown, printable
from reports.typesetting import typeset
from tests.cast import Trial

NOW = datetime.datetime(2026, 11, 22, 14, 2, 7, tzinfo=datetime.UTC)

LAYOUTS = [module.LAYOUT for module in (blank_crf, casebook_copy, document, endpoints_report, monitoring_report)]
SCRIPTS = {
    "Chinese": "患者发热，持续三天",
    "Chinese, traditional": "患者發燒，持續三天",
    "Japanese": "患者は三日間発熱した。カタカナ",
    "Korean": "환자는 사흘 동안 열이 있었다",
    "Thai": "ผู้ป่วยมีไข้สามวัน",
    "Arabic": "أصيب المريض بالحمى",
    "Hebrew": "לחולה היה חום",
    "Hindi": "रोगी को तीन दिन तक बुखार रहा",
    "Greek and Cyrillic": "Ο ασθενής είχε πυρετό. У пациента лихорадка",
    "Vietnamese and Polish": "Bệnh nhân bị sốt. Żółć, gęś",
    "signs": "≥ ≤ ± − × µ ° → ← ✓ ½ ² ³ ⁹ • … “ ” ‚ € ₃ Å",
}
SHEET = """
#import "unshown.typ": *
#let data = json("data.json")
#set document(title: "sheet")
#data.text #unshown-list(data)
"""


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The typesetter itself refuses a text of which a character has no glyph: seen from outside of what is tested."""
    compiled = typst.compile
    monkeypatch.setattr(
        typst, "compile", lambda *args, **options: compiled(*args, **options | {"pdf_standards": STRICT})
    )


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    layout = tmp_path / "sheet.typ"
    layout.write_text(SHEET)
    return layout


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_is_printed_with_its_glyphs(script: str, sheet: Path, strict: None) -> None:
    text = SCRIPTS[script]
    assert printable({"text": text}) == ({"text": text}, [])
    assert typeset(sheet, {"text": text}, at=0).startswith(b"%PDF")


def test_without_the_rule_a_character_without_a_glyph_would_be_refused_here(sheet: Path, strict: None) -> None:
    """That the check above can fail."""
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile(b'#set document(title: "x")\n\\u{1F600}', font_paths=fonts(), ignore_system_fonts=True)


@pytest.mark.parametrize(
    ("text", "printed", "names"),
    [
        ("fine 😀!", "fine [U+1F600]!", [["U+1F600", "grinning face"]]),
        ("😀😷", "[U+1F600 U+1F637]", [["U+1F600", "grinning face"], ["U+1F637", "face with medical mask"]]),
        ("ᚠ", "[U+16A0]", [["U+16A0", "runic letter fehu feoh fe f"]]),
        ("a\x07b", "a[U+0007]b", [["U+0007", "without a name"]]),
        ("gpj\u202eexe", "gpj[U+202E]exe", [["U+202E", "right-to-left override"]]),
        ("\ud800", "[U+D800]", [["U+D800", "without a name"]]),
        ("one\ntwo\tthree", "one\ntwo\tthree", []),
    ],
)
def test_what_no_font_has_is_printed_as_its_code_point_and_named(
    text: str, printed: str, names: list[list[str]], sheet: Path, strict: None
) -> None:
    assert printable({"text": [text], "number": 4}) == ({"text": [printed], "number": 4}, names)
    assert typeset(sheet, {"text": text}, at=0).startswith(b"%PDF")


def test_plain_characters_are_shown_without_asking(sheet: Path, strict: None) -> None:
    text = "".join(map(chr, PLAIN))
    assert all(map(is_shown, text))
    assert typeset(sheet, {"text": text}, at=0).startswith(b"%PDF")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.stem)
def test_every_layout_says_it_on_its_pages_and_names_them_at_the_end(layout: Path) -> None:
    source = layout.read_text()
    assert "#unshown-line(data)" in source.partition("footer:")[2].partition("#set text(font")[0]
    assert source.rstrip().endswith("#unshown-list(data)")


def test_no_module_sets_a_document_past_the_rule() -> None:
    modules = {"typesetting.py", "characters.py"}
    past = [
        path.name
        for path in Path(typeset.__code__.co_filename).parent.glob("*.py")
        if "typst.compile" in path.read_text()
    ]
    assert set(past) == modules


@pytest.mark.django_db
def test_a_certified_copy_prints_what_was_typed_in_any_script(strict: None) -> None:
    trial = Trial()
    subject = trial.treated_subject()
    typed = " ".join(SCRIPTS[name] for name in ("Chinese", "Japanese", "Korean", "Thai", "Arabic", "Hebrew"))
    record = {"death_date": "2008-05-01", "cause": "OTHER", "cause_detail": f"{typed} 😀"}
    form = trial.fill(subject, "death", record)
    copying = Copying(access_for(trial.investigator), trial.investigator, NOW)
    contents, unshown = printable(casebook_copy.form_contents(form, copying))
    assert typed in str(contents) and unshown == [["U+1F600", "grinning face"]]
    assert casebook_copy.casebook_copy(subject, copying).startswith(b"%PDF")
