"""The form beside the work list: its values in words, each with what was verified of it."""

from typing import Any

from accounts.access import SignedInRequest
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import row_name
from assessments.models import CaseForm, FormState
from assessments.pages.frame import reading_page
from assessments.place import Place
from assessments.visits.dating import judged
from sdv.models import Verification
from sdv.points import NOT_DONE, points_of
from sdv.reading import extent_of
from sdv.services import items_asked_about

LOCKED = "The form is locked: nothing changes."
VERIFIED, LAPSED, OPEN = "verified", "lapsed", "open"


def pane_of(request: SignedInRequest, form: CaseForm) -> dict[str, Any]:
    """{"form", "page": what a reading page shows, "states": of each item, "rows", "left": items not verified yet}."""
    asked_about = items_asked_about([form.pk]).get(form.pk, set())
    place = Place(form.subject, CATALOGUE[form.code], form.visit, form)
    with judged(place):
        page, states = reading_page(request, place), states_of(form)
    left = [item for item, state in states.items() if state != VERIFIED]
    free = [] if "" in asked_about else [item for item in left if item not in asked_about]
    is_draft, is_locked = form.state == FormState.DRAFT, bool(form.locked_at)
    for _, values in page["sections"]:
        for value in values:
            value["state"] = states.get(value["name"], "")
            value["asked"] = value["name"] in asked_about
    return {
        "form": form,
        "page": page,
        "extent": extent_of(form),
        "not_done": form.state == FormState.NOT_DONE,
        "not_done_item": NOT_DONE,
        "rows": _rows(states),
        "left": len(left),
        "free": free,
        "may_verify": bool(free) and not is_draft and not is_locked,
        "why_not": _why_not(is_locked=is_locked, is_draft=is_draft, left=left, free=free),
        "why_not_ask": "" if page.get("ask_url") else LOCKED if is_locked else "No query can be raised on this form.",
        "number": len(states),
        "whole_form_asked": "" in asked_about,
        "asked_about": 0 if "" in asked_about else sum(item in asked_about for item in left),
        "is_draft": is_draft,
    }


def _why_not(*, is_locked: bool, is_draft: bool, left: list[str], free: list[str]) -> str:
    """Why nothing of the form can be verified; "" where something can."""
    if is_locked:
        return LOCKED
    if is_draft:
        return "The form is in progress: only what is complete can be verified."
    if not left:
        return "All of this form is verified."
    return "" if free else "What is left of this form waits for the answer to a query."


def states_of(form: CaseForm) -> dict[str, str]:
    """ "verified", "lapsed" or "open" of each item that there is to verify, in the form's order."""
    verifications = Verification.objects.filter(case_form=form)
    standing = dict(verifications.filter(ended_at=None).values_list("item", "digest"))
    lapsed = set(verifications.filter(lapsed=True).values_list("item", flat=True)) | set(standing)
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
    return [(name, f"Row {row_name({'row': name[5:-1]})}", _worst(of_row)) for name, of_row in grouped.items()]


def _worst(states: list[str]) -> str:
    return next((state for state in (LAPSED, OPEN) if state in states), VERIFIED)
