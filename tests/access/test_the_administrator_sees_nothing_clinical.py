"""Whatever the administrator asks for, on the pages, as a file or by the API: no value of any form is in the answer."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, reverse

from accounts.roles import ROLES, Role
from accounts.roles import Permission as P
from assessments.catalogue import CATALOGUE
from tests.access.marked import Marks, marked
from tests.access.matrix import OPEN, SIGNED_IN, WHOLE_TRIAL
from tests.access.test_matrix import EVERY_PAGE, keys, things
from tests.api.conftest import api, no_limit
from tests.api.operations import ALSO, OPERATIONS, filled
from tests.api.test_who_may_do_what import keys as keys_of_operations
from tests.cast import Trial

__all__ = ["api", "keys", "keys_of_operations", "no_limit", "things"]
OWN = ROLES[Role.ADMINISTRATOR].permissions
REFUSED = (403, 404)


def seen(answer: Any) -> str:
    """Everything that an answer holds, its headers too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.headers} {body.decode(errors='replace')}"


def shown_of(marks: Marks, text: str) -> set[str]:
    return {mark for marks_of_form in marks.values() for mark in marks_of_form if mark in text}


def others(trial: Trial) -> set[str]:
    """What names the subject or speaks of it beside the forms: its label, a finding, a query, an event."""
    return {*trial.site.subjects.values_list("label", flat=True), "Typed late", "54?", "Mouth ulcers"}


def test_every_form_is_marked_and_the_marks_are_told_to_who_may_see_them(
    trial: Trial, keys_of_operations: dict[str, int], api: Any
) -> None:
    marks = marked(trial.site.subjects.get())
    client = api(trial.data_manager)
    for code in CATALOGUE:
        text = seen(client.get(filled(f"/api/v1/forms/{code}/{{{code}}}/", keys_of_operations)))
        assert any(mark in text for mark in marks[code]), code
    trail = shown_of(marks, seen(client.get("/api/v1/trail/?page_size=1000")))
    assert all(trail & marks_of_form for marks_of_form in marks.values())


@pytest.mark.requirement("EMA 2023 control of data", "EMA 2023 access control")
def test_no_page_or_file_shows_the_administrator_a_value(trial: Trial, keys: dict[str, int], as_user: Any) -> None:
    marks = marked(trial.site.subjects.get())
    client, forbidden = as_user(trial.administrator), others(trial)
    for address, right, method in rows():
        answer = getattr(client, method)(address.format(**keys))
        text = seen(answer)
        assert not shown_of(marks, text), address
        assert not [word for word in forbidden if word in text], address
        assert right in OWN or right is None or answer.status_code in REFUSED, (address, answer.status_code)


def rows() -> Iterator[tuple[str, P | None, str]]:
    """(address, right, method) of every page, those last that tell of what was done: the log of access."""
    table = [(row[0], row[1], row[-1]) for row in (*EVERY_PAGE, *WHOLE_TRIAL)]
    yield from sorted(table, key=lambda row: row[1] == P.VIEW_ACCESS_LOG)
    # The style guide shows samples, which are nobody's.
    for name in (*SIGNED_IN, *(name for name in OPEN if not name.startswith("styleguide"))):
        yield address_of(name), None, "get"


def address_of(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[UUID(int=1)] if name == "saved" else [1])


@pytest.mark.requirement("EMA 2023 control of data", "EMA 2023 access control")
def test_no_operation_of_the_api_tells_the_administrator_a_value(
    trial: Trial, keys_of_operations: dict[str, int], api: Any
) -> None:
    marks = marked(trial.site.subjects.get())
    client, forbidden = api(trial.administrator), others(trial)
    for method, address, right, _, sent in sorted(OPERATIONS, key=lambda operation: operation[2] == P.VIEW_ACCESS_LOG):
        body = [filled(sent, keys_of_operations)] if sent is not None else []
        answer = getattr(client, method)(filled(address, keys_of_operations), *body)
        text = seen(answer)
        assert not shown_of(marks, text), (method, address)
        assert not [word for word in forbidden if word in text], (method, address)
        held = right is None or right in OWN or ALSO.get((method, address)) in OWN
        assert held or answer.status_code in REFUSED, (method, address, answer.status_code)
