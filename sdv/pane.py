"""The form beside the work list: its values in words, each with what was verified of it."""

from typing import Any

from accounts.access import SignedInRequest
from assessments.catalogue import CATALOGUE
from assessments.entry import row_name
from assessments.models import CaseForm, FormState
from assessments.pages.frame import reading_page
from assessments.services import Place
from sdv.models import Verification
from sdv.points import NOT_DONE, points_of
from sdv.reading import extent_of

VERIFIED, LAPSED, OPEN = "verified", "lapsed", "open"


def pane_of(request: SignedInRequest, form: CaseForm) -> dict[str, Any]:
    """{"form", "page": what a reading page shows, "states": of each item, "rows", "left": items not verified yet}."""
    place = Place(form.subject, CATALOGUE[form.code], form.visit, form)
    page, states = reading_page(request, place), states_of(form)
    for _, values in page["sections"]:
        for one in values:
            one["state"] = states.get(one["name"], "")
    return {
        "form": form,
        "page": page,
        "extent": extent_of(form),
        "not_done": form.state == FormState.NOT_DONE,
        "not_done_item": NOT_DONE,
        "rows": _rows(states),
        "left": sum(state != VERIFIED for state in states.values()),
        "number": len(states),
        "open_queries": form.queries.filter(state="open").count(),
        "is_draft": form.state == FormState.DRAFT,
    }


def states_of(form: CaseForm) -> dict[str, str]:
    """ "verified", "lapsed" or "open" of each item that there is to verify, in the form's order."""
    found = Verification.objects.filter(case_form=form)
    standing = dict(found.filter(ended_at=None).values_list("item", "digest"))
    lapsed = set(found.filter(lapsed=True).values_list("item", flat=True)) | set(standing)
    return {
        point.item: VERIFIED if standing.get(point.item) == point.digest else LAPSED if point.item in lapsed else OPEN
        for point in points_of([form])[form.pk]
    }


def _rows(states: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name as it is sent, label, state) of each row."""
    grouped: dict[str, list[str]] = {}
    for item, state in states.items():
        if item.startswith("rows["):
            grouped.setdefault(item.partition("]-")[0] + "]", []).append(state)
    return [(name, f"Row {row_name({'row': name[5:-1]})}", _worst(found)) for name, found in grouped.items()]


def _worst(states: list[str]) -> str:
    return next((state for state in (LAPSED, OPEN) if state in states), VERIFIED)
