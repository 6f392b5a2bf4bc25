"""What the documents name is there: files, modules, pages of the documents and their headings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
DOCUMENTS = [
    *sorted((ROOT / "docs").glob("*.md")),
    *DECISIONS,
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "benchmarks/README")),
]
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)", re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
A_PATH = re.compile(r"[\w./*-]+")
A_FILE = re.compile(r"[\w-]+\.(py|typ|sh|toml|html|png)")
A_NAME = re.compile(r"[a-z_]+(\.\w+)+")
# Made on a machine.
NOT_OURS = ("var", "node_modules")
MOST_LINES = 20
OVERTAKEN = re.compile(r"^\*\*Status\.\*\* (?:Overtaken|Extended)(?: in part)? by (\d{4}): ")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
# Of each name of a file where it stands; the environments and caches beside the program are looked into by nobody.
FILES = {path.name for folder in FOLDERS.difference(NOT_OURS) for path in (ROOT / folder).rglob("*.*")}
FILES |= {path.name for path in ROOT.iterdir() if path.is_file()}


KEYS = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")


def quoted(document: Path) -> Iterator[str]:
    return (match.strip() for match in QUOTED.findall(document.read_text(encoding="utf-8")))


def is_missing(name: str) -> bool:
    """Whether a text in backticks names a file or a module of the program that is not there."""
    first = re.split(r"[./]", name)[0]
    if A_FILE.fullmatch(name) and "/" not in name:
        return name not in FILES and not name.startswith(("trial", "cases"))
    if first not in FOLDERS.difference(NOT_OURS):
        return False
    if "/" in name and A_PATH.fullmatch(name):
        return not any(ROOT.glob(name.rstrip("/")))
    return bool(A_NAME.fullmatch(name)) and not is_key(name) and not stands(name.split("."))


def is_key(name: str) -> bool:
    """Of the protocol file, which has sections that are called as packages are."""
    section, _, key = name.rpartition(".")
    of_section = re.search(rf"^## `{section}(?:\.\*)?`\n(.*?)(?=^## |\Z)", KEYS, re.DOTALL | re.MULTILINE)
    return of_section is not None and f"| `{key}` |" in of_section[1]


def stands(parts: list[str]) -> bool:
    """Whether the longest part that is a module or a package names what comes after it."""
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        sources = [place.with_suffix(".py"), place / "__init__.py"]
        if source := next((path for path in sources if path.exists()), None):
            rest = parts[length:]
            return not rest or re.search(rf"\b{rest[0]}\b", source.read_text(encoding="utf-8")) is not None
        if place.is_dir() and length == len(parts):
            return True
    return False


LABEL = re.compile(r"(?<![*\w])\*([A-Z][^*\n]*(?:\n[^*\n]+)?)\*(?!\*)")
# Put together while a page is made, or of another program.
COMPOSED = {
    "to do when upgrading",
    "verify 12 items",
    "randomised to",
    "close chosen",
    "training, not for real subjects",
    "unicode text",
}
GUIDES = [
    ROOT / "README.md",
    *(ROOT / f"docs/{name}.md" for name in ("users", "operators", "laboratory", "import", "api")),
]


def plain(text: str) -> str:
    """In small letters and on one line, without what stands about the words of a template."""
    bare = re.sub(r"\{%.*?%\}|<[^<>]*>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare).replace("&amp;", "&").lower()


@pytest.fixture(scope="module")
def words_on_pages() -> str:
    pages = list((ROOT / "templates").rglob("*.*")) + list((ROOT / "static/js").glob("*.js"))
    modules = [path for folder in FOLDERS.difference((*NOT_OURS, "tests")) for path in (ROOT / folder).rglob("*.py")]
    return "\n".join(plain(path.read_text(encoding="utf-8")) for path in (*pages, *modules))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_buttons_and_pages_that_a_guide_names_are_called_so(guide: Path, words_on_pages: str) -> None:
    labels = {plain(label).strip().rstrip("….") for label in LABEL.findall(guide.read_text(encoding="utf-8"))}
    assert sorted(label for label in labels - COMPOSED if label not in words_on_pages) == []


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "name",
    ["assessments/nowhere.py", "assessments.items.item_of_nowhere", "history.nothing", "audit/x/", "nowhere_at_all.py"],
)
def test_what_is_not_there_is_told(name: str) -> None:
    assert is_missing(name)


def test_files_and_modules_that_documents_name_exist() -> None:
    named = [(document.name, name) for document in DOCUMENTS for name in quoted(document)]
    assert len(named) > 1000
    assert [pair for pair in named if is_missing(pair[1])] == []


def test_links_between_documents_lead_to_a_heading_that_is_there() -> None:
    broken, followed = [], 0
    for document in [*DOCUMENTS, ROOT / "CHANGELOG.md"]:
        for link in LINK.findall(document.read_text(encoding="utf-8")):
            if link.startswith(("http", "mailto")):
                continue
            file, _, anchor = link.partition("#")
            target = (document.parent / file).resolve() if file else document
            followed += 1
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append((document.name, link))
    assert followed > 30
    assert broken == []


def test_each_decision_has_its_number_is_short_and_names_what_overtook_it() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(numbers) == len(set(numbers)) > 40
    for path in DECISIONS:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {path.name[:4]}. "), path.name
        assert len(lines) <= MOST_LINES, path.name
        for line in lines:
            if line.startswith("**Status.**"):
                later = OVERTAKEN.match(line)
                assert later and later[1] in numbers and later[1] > path.name[:4], path.name
