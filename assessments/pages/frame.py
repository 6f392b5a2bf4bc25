"""What every page of a case form shows around the form: where it belongs, its state, what it waits for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import FormType
from assessments.checks import CHECKS
from assessments.entering.entry import Entry, row_name
from assessments.entering.row_names import OF_ROW
from assessments.items import items_of
from assessments.models import CaseForm, Lesion
from assessments.pages.deviations import deviation_url, propose_deviation, timing
from assessments.pages.hints import name_time_zones, propose_date
from assessments.pages.layout import address, blank_row, dress, dress_row, helper_of, live_queries, markers
from assessments.pages.lesions import lesion_page, say_responses_by_code
from assessments.pages.of_forms import OF_FORMS, guideline
from assessments.pages.presence import others_at
from assessments.pages.proposals import propose_known
from assessments.pages.rail import Slot, here_in, next_open, rail, slots, state_of
from assessments.pages.reading import sections_of, table_of
from assessments.pages.reasons import REASONS
from assessments.pages.results import result_page
from assessments.place import Place
from assessments.reading.deidentified import may_identify, withhold
from assessments.visits.placing import is_asked_for
from protocol import current, in_force
from values.dates import shown_date

# What key_of makes.
KEY = re.compile(r"form-[0-9]{1,18}|new-[0-9]{1,18}-[a-z_]{1,20}-[0-9]{1,18}")
# At these the derivation of the endpoints asks, moments after a save.
ASKED_LATER = {code for check in CHECKS if check.is_derived for code in check.at}


def key_of(place: Place) -> str:
    """What the browser keeps its draft of a form under, before and after the form was first saved."""
    if place.case_form is not None:
        return f"form-{place.case_form.pk}"
    return f"new-{place.subject.pk}-{place.form_type.code}-{place.visit.pk if place.visit else 0}"


def _key_before(place: Place) -> str:
    """The key of a form before its first save: what was typed then belongs to it, whoever saved it first. Of a log each
    entry begins with the same one, which says of none to which entry it belongs."""
    once = place.visit is not None or place.form_type.is_once
    return key_of(replace(place, case_form=None)) if place.case_form is not None and once else ""


def frame(request: SignedInRequest, place: Place) -> dict[str, Any]:
    """The parts that an entered and a read form have in common."""
    subject, visit, case_form = place.subject, place.visit, place.case_form
    all_slots = slots(subject)
    here = here_in(all_slots, place)
    after = next_open(all_slots, here)
    page = OF_FORMS[place.form_type.code]
    return (page.beside(subject) if page.beside else {}) | {
        "place": place,
        "form_type": place.form_type,
        "form_title": place.form_type.title,
        "guideline": guideline(place.form_type.code),
        "above": page.above if case_form else "",
        # Without rules nothing could be said of a dose, not even that it stays.
        "is_guided": place.form_type.records_doses and bool(current().guidance),
        "form_key": key_of(place),
        "form_new_key": _key_before(place),
        "form_version": case_form.version if case_form else None,
        "site": subject.site,
        "subject": {"number": subject.label, "pk": subject.pk, "status": subject.get_status_display()},
        "visit_label": visit.label if visit else "",
        "window_text": _window(place),
        "timing": timing(visit),
        "held_under": current().version if current() is not in_force() else "",
        "deviation_url": deviation_url(visit) if request.access.can(Permission.ENTER_DATA, subject.site_id) else "",
        "states": _states(case_form, here),
        "asks_later": case_form is not None and place.form_type.code in ASKED_LATER,
        "rail": rail(all_slots, here),
        "next_url": after.url if after else "",
    }


def entry_page(request: SignedInRequest, place: Place, entry: Entry) -> dict[str, Any]:
    """The form to type into. Nothing here changes what was typed: a refused form comes back as it was sent."""
    form, rows, page = entry.record_form, entry.rows, OF_FORMS[place.form_type.code]
    see_trail = request.access.can(Permission.VIEW_RECORD_TRAIL, place.subject.site_id)
    dress(form)
    propose_date(place, form)
    name_time_zones(place, form)
    if page.hints:
        page.hints(place, form)
    if page.proposes:
        propose_known(place, form, page.proposes)
    propose_deviation(request.GET.get("about", ""), place, form)
    say_responses_by_code(form)
    queries, names = live_queries(place.case_form), [*form.fields, "rows"]
    form.markers = markers(place.case_form, names, queries, may_see_trail=see_trail)  # type: ignore[attr-defined]
    form.helper = helper_of(place.form_type.code, form)  # type: ignore[attr-defined]
    for row in rows or ():
        dress_row(row)
    was_complete = bool(place.case_form and place.case_form.first_completed_at)
    return frame(request, place) | {
        "answers_url": reverse("form_answers", args=[place.subject.pk, place.form_type.code]) + _query_of(place),
        "place_query": _query_of(place),
        "queries": _at_elements(queries, entry, "row_id_"),
        "form": form,
        "rows": rows,
        **_others(request, place),
        "was_complete": was_complete,
        "is_complete": bool(place.case_form and place.case_form.state == "complete"),
        "reasons": REASONS if was_complete or rows is not None else (),
        "reasons_for": "changes" if was_complete else "strikes",
        "blank": blank_row(rows) if rows is not None else None,
        "rows_title": page.rows_title,
        "lesions": lesion_page(place, rows) if place.form_type.has_lesions else None,
        "results": result_page(rows) if place.form_type.has_results else None,
        "withdraw_url": _withdraw_url(place.case_form),
        "template": page.template,
    }


def _query_of(place: Place) -> str:
    """What an address ends with by which the page asks about what is typed at this place."""
    of = {"visit": place.visit and place.visit.pk, "form": place.case_form and place.case_form.pk}
    return "?" + urlencode({name: key for name, key in of.items() if key})


def _others(request: SignedInRequest, place: Place) -> dict[str, Any]:
    """Who else is in it. Of a log each begins an entry of one's own, and nobody is in another's way."""
    if place.case_form is None and place.visit is None and not place.form_type.is_once:
        return {}
    return {"shared": True, "others": others_at(place.subject, key_of(place), request.user)}


def reading_page(request: SignedInRequest, place: Place) -> dict[str, Any]:
    """The form to read: for those who may not type, and for everyone once it is frozen or locked."""
    entry = Entry(place.form_type, subject=place.subject, case_form=place.case_form)
    if not may_identify(request.access, place.subject.site_id):
        withhold(entry)
    see_trail = request.access.can(Permission.VIEW_RECORD_TRAIL, place.subject.site_id)
    may_be_queried = place.case_form is not None and not (place.case_form.withdrawn_at or place.case_form.locked_at)
    may_ask = may_be_queried and request.access.can(Permission.RAISE_QUERY, place.subject.site_id)
    table, queries = table_of(entry), live_queries(place.case_form)
    return frame(request, place) | {
        "askable": _askable(place.form_type, table) if may_ask else frozenset(),
        "queries": _at_elements(queries, entry, "id_"),
        "read_only": True,
        "sections": sections_of(place.form_type.code, entry.record_form, place.subject.site.time_zone),
        "table": table,
        "markers": markers(place.case_form, entry.record_form.fields, queries, may_see_trail=see_trail),
        "ask_url": address("query_raise", place.case_form.pk) if may_ask and place.case_form else "",
        "doors": _doors(request, place.case_form, see_trail) if place.case_form else [],
    }


def _askable(form_type: FormType, table: dict[str, Any] | None) -> frozenset[str]:
    """The cells of a table of rows that a query can be about, by the ids that they have in the page."""
    models = [model for model in (form_type.rows, Lesion if form_type.has_lesions else None) if model]
    names = {field.name for model in models for field, _ in items_of(model)}
    cells = (cell for row in (table or {"rows": ()})["rows"] if not row["struck"] for cell in row["cells"])
    return frozenset(element for element, _ in cells if element and element.rpartition("-")[2] in names)


def _withdraw_url(case_form: CaseForm | None) -> str:
    if case_form is None or is_asked_for(case_form.code, case_form.visit):
        return ""
    return reverse("form_withdraw", args=[case_form.pk])


def _doors(request: SignedInRequest, case_form: CaseForm, see_trail: bool) -> list[tuple[str, str, str]]:
    """(icon, words, address) of what a reader may do with the form as a whole."""
    links = [("history", "Trail", address("trail", form=case_form.pk))] if see_trail else []
    if case_form.withdrawn_at:
        may_restore = request.access.can(Permission.ENTER_DATA, case_form.subject.site_id)
        open_to_it = may_restore and not (case_form.locked_at or case_form.frozen_at)
        links += [("edit", "Restore…", reverse("form_restore", args=[case_form.pk]))] if open_to_it else []
    elif not case_form.locked_at and request.access.can(Permission.RAISE_QUERY, case_form.subject.site_id):
        links.append(("query", "Query this form", address("query_raise", case_form.pk)))
    if request.access.can(Permission.FREEZE, case_form.subject.site_id):
        links.append(("locked", "Freeze or lock", address("form_closure", case_form.pk)))
    return [door for door in links if door[2]]


def _window(place: Place) -> str:
    visit = place.visit
    if visit is None or visit.window_from is None or visit.window_to is None:
        return ""
    if visit.window_from == visit.window_to:
        return shown_date(visit.window_from)
    return f"{shown_date(visit.window_from)} to {shown_date(visit.window_to)}"


def _states(case_form: CaseForm | None, here: Slot | None) -> list[str]:
    state = state_of(case_form) if case_form else here.state if here else "planned"
    states = [state] if case_form is None or state == case_form.state else [str(case_form.state), state]
    return [*states, "query"] if here and here.queries else states


def _at_elements(queries: list[Any], entry: Entry, start: str) -> list[tuple[Any, str]]:
    """What is asked of the form, each with the id of the element that it is about, "" for none."""
    rows = {row_name(row.initial): number for number, row in enumerate(entry.rows or ())}
    return [(query, _element(query.item, rows, start)) for query in queries]


def _element(item: str, rows: Mapping[str, int], start: str) -> str:
    of_row = OF_ROW.fullmatch(item)
    if of_row is None:
        return f"{start}{item}" if item else ""
    return f"id_rows-{rows[of_row[1]]}-{of_row[2]}" if of_row[1] in rows else ""
