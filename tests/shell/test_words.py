"""The words on screen are those of the trade: what people know from other systems, never a dialect of ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# What was said before, and what is said now.
WORDS = {
    "In words (query)": "Respond / Comment",
    "Ask about this form": "Query this form",
    "Ask many": "Raise queries in bulk",
    "Ask the site": "Raise query",
    "Ages of queries": "Query ageing",
    "Ages by site": "Query ageing",
    "Whose turn": "Assigned to",
    "the turn of": "assigned to",
    "Nobody's": "Unassigned",
    "Shut by": "Locks",
    "it takes entries": "No lock in force",
    "Lock it all the same": "Lock anyway",
    "not right yet": "Not saved: 1 problem",
    "that nobody signed as": "without a valid signature",
    "changes on their way": "up to date / changes pending",
    "Nobody leaves the denominator": "All treated subjects stay in the denominator",
    "Term of the dictionary": "Dictionary term",
    "Still there": "Ongoing",
    "Against the limits": "Flag / grade",
    "what the day asks for": "Results are out of date",
    "no change asked for": "No dose change indicated",
    "At no visit": "Forms outside visits",
    "Picture of subject": "Patient profile",
    "Strike out": "Remove",
    "Times of one dose": "Dosing periods",
    "knew of it being serious": "Date site became aware",
    "system, system": "Automatic check",
    "Leaves for good": "Deactivate permanently",
    "Look through it": "Check file",
    "of them no longer so": "since lapsed",
    "You may look here": "You have no access to this page",
    "There is nothing for you at this address": "Page not found",
    "View identifying": "Sees data that identify a subject",
    "Ask for a slot": "Request a slot",
    "Ask for the slot": "Request the slot",
    "Sign in to go on": "Sign in to continue",
    "Set one up to go on": "Set one up to continue",
    "Throw it away": "Discard",
    "Bring it back": "Restore",
    "Will be asked:": "Will raise a query:",
    "looked through first": "checked first",
    "Nothing was brought in": "Nothing was imported",
    "Nothing went in": "Nothing was imported",
    "Nothing was asked.": "No query was raised.",
    "Question to the site": "Query text",
    "What waits": "Open work",
    "Nothing waits": "Nothing to do",
    "no longer there for you": "no longer available to you",
    "takes no entries now": "closed for data entry",
    "takes no new subjects": "accepts no new subjects",
    "takes subjects": "accepts subjects",
    "took force": "took effect",
    "takes force": "takes effect",
    "is no date": "is not a date",
    "is no number": "is not a number",
    "lies before": "is before",
    "lies after": "is after",
    "lies outside": "is outside",
    "lies in the future": "is in the future",
    "has not come yet": "is in the future",
    "Typed wrongly": "Data entry error",
    "Take it back": "Remove verification",
    "Taken back": "Verification removed",
    "Given by": "Granted by",
    "Shut now": "Frozen or locked now",
    "Keep this filter": "Save this filter",
    "Give up the one of this name": "Delete the filter of this name",
    "Asked of this form": "Open queries on this form",
    "You are not alone": "Somebody else has this form open",
    "cannot be said:": "cannot be determined",
    "The investigator says": "The investigator's response",
    "Odd in the records": "Inconsistent records",
    "asked back about": "Automatic checks",
    "The signature does not hold": "The signature is not valid",
    "What is stored is not what was signed": "The stored content differs from what was signed",
    "Something broke on our side": "Something went wrong on our side",
    "too old to save": "This page has expired",
    "If it goes on": "If this continues",
    "This form will not be filled": "Mark this form as not done?",
    "Change it and empty them": "Change and remove values",
    "asked for by": "requested by",
    "waits for the worker": "waiting for the worker",
    "Not done: forgotten": "Not done: oversight",
    "Stopped for good": "Permanently discontinued",
    "Leaves disability": "Results in disability or incapacity",
    "Where exactly": "Location detail",
    "CR: all gone": "CR: complete response",
    "by now.": "already",
    "What comes of it": "Result",
    "What goes in": "To be imported",
    "Goes in as": "Imported as",
    "Who was there": "Participants",
    "Who took part": "Participants",
    "Note a finding": "Record a finding",
    "Names, and what each does there": "Names and functions",
    "That are ": "These are",
}


def shown() -> Iterator[tuple[str, str]]:
    """All that people read: templates, scripts, documents, and the texts in the program but for its docstrings."""
    folders = [ROOT / "templates", ROOT / "static/js", ROOT / "docs"]
    files = [
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".html", ".txt", ".js", ".md", ".typ"}
    ]
    for file in [*files, ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        if "decisions" not in file.parts:
            yield str(file.relative_to(ROOT)), file.read_text()
    for app in apps.get_app_configs():
        if Path(app.path).parent == ROOT:
            for file in Path(app.path).rglob("*.typ"):
                yield str(file.relative_to(ROOT)), file.read_text()
            for file in Path(app.path).rglob("*.py"):
                if "migrations" not in file.parts:
                    yield str(file.relative_to(ROOT)), "\n".join(said_in(ast.parse(file.read_text())))


def said_in(module: ast.Module) -> Iterator[str]:
    bare = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Whatever the line breaks: a document has them within a name too."""
    return {name: " ".join(text.split()) for name, text in shown()}


@pytest.mark.parametrize("before", WORDS)
def test_nothing_on_screen_says_it_in_words_of_our_own(before: str, texts: dict[str, str]) -> None:
    places = [name for name, text in texts.items() if before in text]
    assert not places, f"say “{WORDS[before]}” in place of “{before}”"


def test_all_that_people_read_is_looked_at(texts: dict[str, str]) -> None:
    assert {"templates/review/query_list.html", "static/js/save.js", "docs/users.md", "README.md"} <= texts.keys()
    assert "Raise query" in texts["review/queries/pages.py"]
