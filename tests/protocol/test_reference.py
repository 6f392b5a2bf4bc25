"""docs/protocol.md is what its command writes, and has words for every key of the file."""

import re
import tomllib

from embedded.places import PROJECT
from protocol.reference import COMPUTED, FILE, reference, tables
from protocol.shape import TAGS, fields_of
from tests.protocol.conftest import TRIAL


def test_the_page_is_as_the_command_writes_it():
    assert (PROJECT / FILE).read_text() == reference(), "make protocol-reference"


def test_every_key_has_words():
    for path, part in tables():
        for name, field in fields_of(part).items():
            assert field.description or name in (*TAGS, *COMPUTED), f"{path}.{name}"


# Tables whose keys are the file's own.
BY_PATH_OR_FORM = ("assumptions", "guidelines")


def test_every_key_of_the_trial_s_file_is_in_it():
    page = reference()
    sections = dict(re.findall(r"^## `([^`]+)`.*?\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    for name, value in tomllib.loads(TRIAL.read_text()).items():
        assert f"| `{name}` |" in sections["the file"]
        entries = value if isinstance(value, list) else [value]
        for entry in entries:
            for key in entry if isinstance(entry, dict) and name not in BY_PATH_OR_FORM else ():
                assert f"| `{key}` |" in page, f"{name}.{key}"
