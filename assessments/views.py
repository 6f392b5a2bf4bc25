"""The pages of a case form: one view for all of them, and the answers that come while one types."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import SignedInRequest
from accounts.actor import Locked
from accounts.roles import Permission
from assessments.api.posted import MOST_VERSION
from assessments.catalogue import CATALOGUE, DOSES
from assessments.entering.aside import set_aside, without_struck
from assessments.entering.entry import LESIONS, Entry
from assessments.models import CaseForm, FormState
from assessments.pages.answers import answers_to
from assessments.pages.conflict import beside_theirs, compared, last_save
from assessments.pages.frame import KEY, entry_page, key_of, reading_page
from assessments.pages.guidance import guidance_of
from assessments.pages.live import doses_of, phases_of
from assessments.pages.presence import others_at, say_here
from assessments.pages.rail import next_after
from assessments.pages.reasons import reason_given
from assessments.pages.receipts import key_in, once, received
from assessments.pages.results import found_of
from assessments.place import Place, Stale, screening_of
from assessments.sequence import obstacles, visit_missing
from assessments.services import mark_not_done, save_form
from assessments.visits.dating import judged
from cohorts.models import Subject
from cohorts.reading import SUBJECT, VISIT
from cohorts.services import Refused
from components.addresses import key_named
from database.prepared import Prepared, ahead
from values.numbers import read_key

HEADERS = CaseForm.objects.select_related("subject__site", "visit")
# By its key a form is found when it was entered in error, too.
BY_KEY = CaseForm.every.select_related("subject__site", "visit")
SUBJECTS = Subject.objects.select_related("site")
SAVED = {
    FormState.DRAFT: "saved as a draft.",
    FormState.COMPLETE: "complete.",
    FormState.NOT_DONE: "marked as not done.",
    FormState.IN_ERROR: "withdrawn as entered in error.",
}
BESIDE = Prepared(lambda subject, visit: HEADERS.filter(subject=subject, visit=visit).order_by())


@require_http_methods(["GET", "POST"])
def form(request: SignedInRequest, pk: int) -> HttpResponse:
    """A form that was saved before."""
    right = Permission.ENTER_DATA if request.method == "POST" else Permission.VIEW_SUBJECTS
    case_form = request.access.load(BY_KEY, right, site="subject__site_id", pk=pk)
    place = Place(case_form.subject, CATALOGUE[case_form.code], case_form.visit, case_form)
    return _judged(request, place)


@require_http_methods(["GET", "POST"])
def form_add(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """A form that nobody has saved yet: nothing is written before the first save."""
    right = Permission.ENTER_DATA if request.method == "POST" else Permission.VIEW_SUBJECTS
    visit_id = key_named(request.GET, "visit")
    with ahead(*_known_reads(pk, code, visit_id)):
        subject = request.access.read(SUBJECT, right, pk)
        place = _place(subject, code, visit_id)
        if request.method == "GET" and place.case_form is not None:
            return redirect("form", place.case_form.pk)
        return _judged(request, place)


def _judged(request: SignedInRequest, place: Place) -> HttpResponse:
    """By the version of the protocol that what is sent is saved under. Rendered here, for the page asks for it too."""
    with judged(place, request.POST):
        answer = _told(request, _answer(request, place))
        return answer.render() if isinstance(answer, TemplateResponse) else answer


def _known_reads(subject: int, code: str, visit: int | None) -> list[tuple[Prepared[Any], tuple[int, ...]]]:
    """What every answer for this place reads, by keys that its address tells."""
    at_visit = [(prepared, (subject, visit)) for prepared in (VISIT, BESIDE)] if visit is not None else []
    carried = [(LESIONS, (subject,))] if code in CATALOGUE and CATALOGUE[code].has_lesions else []
    return [(SUBJECT, (subject,)), *at_visit, *carried]


def _told(request: SignedInRequest, answer: HttpResponse) -> HttpResponse:
    """A script that saves is told where to go on; what is refused by the page that says what is wrong where; all
    else by the status alone: the page has to be asked for. 428 is a change that lacks nothing but its reason."""
    if request.method == "GET" or request.META.get("HTTP_ACCEPT") != "application/json":
        return answer
    if answer.status_code == 422:
        return HttpResponse(status=428) if getattr(answer, "lacks_reason", False) else answer
    if isinstance(answer, HttpResponseRedirect):
        return JsonResponse({"url": answer.url, "arrived": getattr(answer, "arrived", "")})
    return HttpResponse(status=answer.status_code)


def _place(subject: Subject, code: str, visit_id: int | None) -> Place:
    visit = VISIT.first(subject.pk, visit_id) if visit_id is not None else None
    if code not in CATALOGUE or (visit_id is not None and visit is None):
        raise Http404
    return Place(subject, CATALOGUE[code], visit, _standing(Place(subject, CATALOGUE[code], visit)))


def _standing(place: Place) -> CaseForm | None:
    """The form that is already at this place."""
    code = place.form_type.code
    if place.form_type.is_once:
        return HEADERS.filter(subject=place.subject, code=code).first()
    beside = BESIDE.all(place.subject.pk, place.visit.pk) if place.visit else []
    return next((header for header in beside if header.code == code), None)


def _answer(request: SignedInRequest, place: Place) -> HttpResponse:
    may_type = request.access.can(Permission.ENTER_DATA, place.subject.site_id)
    shut = place.case_form is not None and place.case_form.is_shut
    at_no_visit = visit_missing(place.form_type, place.visit) if place.case_form is None else []
    if request.method == "POST":
        arrived = received(key_in(request.POST), request.user)
        if arrived is not None:
            return _arrived(request, place, arrived)
        against_it = _typed_by_another(request) or at_no_visit
        if against_it:
            return _refused(request, place, _typed(request, place), Refused(against_it[0]))
        return _not_done(request, place) if request.POST.get("action") == "not_done" else _save(request, place)
    against = at_no_visit + obstacles(place.subject, place.form_type) if place.case_form is None else []
    if against or shut or not may_type:
        return render(request, "assessments/read.html", reading_page(request, place) | {"obstacles": against})
    return _show(
        request, place, Entry(place.form_type, subject=place.subject, case_form=place.case_form, visit=place.visit)
    )


def _show(request: SignedInRequest, place: Place, entry: Entry, status: int = 200, **more: Any) -> HttpResponse:
    page = entry_page(request, place, entry) | more | {"was_refused": status != 200}
    if status == 422 and place.case_form is not None:
        # What others saved since is still to be compared, so the version that was seen stays.
        page["form_version"] = _seen(request)
    return TemplateResponse(request, f"assessments/{page['template']}.html", page, status=status)


def _save(request: SignedInRequest, place: Place) -> HttpResponse:
    complete = request.POST.get("action") in ("complete", "next")
    typed = Entry(
        place.form_type,
        subject=place.subject,
        case_form=place.case_form,
        data=request.POST,
        complete=complete,
        visit=place.visit,
    )
    entry = typed if typed.is_valid() else without_struck(typed) if complete else set_aside(typed)
    if not entry.is_valid():
        return _show(request, place, entry, status=422)
    same = place.case_form and not entry.changes() and not entry.keeps_otherwise
    if place.case_form and same and complete == (place.case_form.state == "complete"):
        return _done(request, place, place.case_form, "nothing had changed.")
    if lacking := _lacks_reason(request, place, entry):
        return _without_reason(request, place, typed, lacking)
    by = request.access.actor(place.subject.site_id, permission=Permission.ENTER_DATA)
    save = partial(
        save_form, place=place, by=by, seen_version=_seen(request), complete=complete, reason=reason_given(request.POST)
    )
    return _once(request, place, typed, lambda: _draft_or_whole(save, entry, typed))


def _draft_or_whole(save: Callable[..., CaseForm], entry: Entry, typed: Entry) -> CaseForm:
    """Save; a draft also without a value that only the save finds wrong: a term that the dictionary does not have."""
    try:
        return save(values=entry.values())
    except Refused as error:
        without = typed if entry.complete else set_aside(typed, error.errors)
        if without is typed:
            raise
        return save(values=without.values())


def _once(request: SignedInRequest, place: Place, entry: Entry, save: Callable[[], CaseForm]) -> HttpResponse:
    key = key_in(request.POST)
    try:
        return _done(request, place, once(key, request.user, save))
    except (Refused, Stale, Locked, IntegrityError) as error:
        # The first of two with one key may have come through while this one waited for it.
        arrived = received(key, request.user)
        return _arrived(request, place, arrived) if arrived else _refused(request, place, entry, error)


def _typed(request: SignedInRequest, place: Place) -> Entry:
    return Entry(
        place.form_type, subject=place.subject, case_form=place.case_form, data=request.POST, visit=place.visit
    )


def _seen(request: SignedInRequest) -> int | None:
    version = read_key(request.POST.get("version", ""))
    return None if version is None else min(version, MOST_VERSION)


def _lacks_reason(request: SignedInRequest, place: Place, entry: Entry) -> str:
    """What to say of a change that is good and has no reason yet: nothing else is asked for before."""
    if reason_given(request.POST):
        return ""
    if place.case_form is not None and place.case_form.first_completed_at:
        return "Give the reason for the change: the form was complete before."
    strikes = any(row.is_struck for row in entry.rows or ())
    return "Give the reason for removing or restoring the row." if strikes else ""


def _without_reason(request: SignedInRequest, place: Place, typed: Entry, lacking: str) -> HttpResponse:
    if place.case_form is not None and place.case_form.version != _seen(request):
        return _refused(request, place, typed, Stale(place.case_form))
    answer = _refused(request, place, typed, Refused(lacking))
    answer.lacks_reason = True  # type: ignore[attr-defined]
    return answer


def _typed_by_another(request: SignedInRequest) -> list[str]:
    """A page that waited while somebody else signed in at the same browser must not save under the wrong name."""
    if request.POST.get("opened_by", "") in ("", str(request.user.pk)):
        return []
    return [
        "This form was opened and edited by somebody else;"
        f" you are signed in as {request.user}. Check it before you save."
    ]


def _done(request: SignedInRequest, place: Place, saved: CaseForm, words: str = "") -> HttpResponse:
    words = words or SAVED[saved.state]
    if saved.untaken:
        words = f"{words.removesuffix('.')}; what was not accepted is in its field, with the reason."
    queries = saved.queries_of_save.in_words(saved) if saved.queries_of_save else ""
    message = format_html("{}: {}{}", place.form_type.title, words, queries)
    messages.success(request, message, extra_tags=f"saved:{key_of(place)}")
    following = next_after(replace(place, case_form=saved)) if request.POST.get("action") == "next" else None
    return HttpResponseRedirect(following.url if following else reverse("form", args=[saved.pk]))


def _arrived(request: SignedInRequest, place: Place, before: CaseForm) -> HttpResponse:
    """This very save came through before. What its browser typed since is not in it, and is not said to be saved."""
    if not request.POST.get("typed_since"):
        return _done(request, place, before)
    answer = redirect("form", before.pk)
    answer.arrived = key_of(replace(place, case_form=before))  # type: ignore[attr-defined]
    return answer


def _refused(request: SignedInRequest, place: Place, entry: Entry, error: Exception) -> HttpResponse:
    """Nothing was saved, and nothing that was typed is lost."""
    if isinstance(error, Refused):
        for field, messages_at in error.errors.items():
            for message in messages_at:
                entry.record_form.add_error(field if field in entry.record_form.fields else None, message)
        return _show(request, place, entry, status=422)
    now = BY_KEY.get(pk=place.case_form.pk) if place.case_form else _standing(place)
    if now is None and isinstance(error, Locked):
        entry.record_form.add_error(None, str(error))
        return _show(request, place, entry, status=423)
    if now is None:
        raise error
    place = replace(place, case_form=now)
    entry, added = beside_theirs(place, request.POST)
    context = {"differences": compared(entry, request.POST.get("edited", "")), **last_save(place.case_form)}
    if isinstance(error, Locked):
        page = reading_page(request, place) | context | {"refused": str(error)}
        return TemplateResponse(request, "assessments/read.html", page, status=423)
    return _show(request, place, entry, status=409, rows_of_others=added, **context)


def _not_done(request: SignedInRequest, place: Place) -> HttpResponse:
    why = request.POST.get("not_done_reason", "")
    entry = _typed(request, place)
    by = request.access.actor(place.subject.site_id, permission=Permission.ENTER_DATA)
    save = partial(mark_not_done, place=place, why=why, by=by, seen_version=_seen(request), reason=why)
    return _once(request, place, entry, save)


@require_POST
def here(request: SignedInRequest, pk: int) -> HttpResponse:
    """That the user has a form of the subject open, asked by the page itself; answered with who else has."""
    subject = request.access.read(SUBJECT, Permission.ENTER_DATA, pk)
    key = request.POST.get("key", "")
    if not KEY.fullmatch(key):
        raise Http404
    say_here(subject, key, request.user)
    return render(request, "assessments/here.html", {"others": others_at(subject, key, request.user)})


@require_GET
def saved(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Where the save with this key is to be found, for a browser that never heard; 404 if it did not arrive."""
    arrived = received(key, request.user)
    if arrived is None:
        raise Http404
    request.access.require(Permission.VIEW_SUBJECTS, arrived.subject.site_id)
    place = Place(arrived.subject, CATALOGUE[arrived.code], case_form=arrived)
    return JsonResponse({"url": reverse("form", args=[arrived.pk]), "key": key_of(place)})


@require_POST
def form_answers(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """What a save would refuse and what its checks would ask of what is typed now, by field; nothing is saved."""
    subject = request.access.load(SUBJECTS, Permission.ENTER_DATA, pk=pk)
    if code not in CATALOGUE:
        raise Http404
    place = _asked_place(request, subject, code)
    with judged(place, request.POST):
        return JsonResponse(answers_to(place, request.POST))


def _asked_place(request: SignedInRequest, subject: Subject, code: str) -> Place:
    """Where the form belongs that the page shows, by its address: `form` where it was saved, `visit` where it is at
    one."""
    form_id, visit_id = key_named(request.GET, "form"), key_named(request.GET, "visit")
    case_form = get_object_or_404(subject.forms, pk=form_id, code=code) if form_id is not None else None
    visit = VISIT.first(subject.pk, visit_id) if visit_id is not None else case_form and case_form.visit
    return Place(subject, CATALOGUE[code], visit, case_form)


@require_POST
def eligibility_verdicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Each criterion with what is typed now; nothing is saved."""
    subject = request.access.load(SUBJECTS, Permission.ENTER_DATA, pk=pk)
    with judged(screening_of(subject)):
        entry = Entry(CATALOGUE["eligibility"], subject=subject, data=request.POST)
        entry.is_valid()
        return render(request, "assessments/verdicts.html", phases_of(subject, entry.record_form.cleaned_data))


@require_POST
def infusion_doses(request: SignedInRequest, pk: int) -> HttpResponse:
    """Body surface and planned doses with what is typed now; nothing is saved."""
    subject = request.access.load(SUBJECTS, Permission.ENTER_DATA, pk=pk)
    with judged(_asked_place(request, subject, "infusion"), request.POST):
        entry = Entry(CATALOGUE["infusion"], subject=subject, data=request.POST)
        entry.is_valid()
        return render(request, "assessments/doses.html", doses_of(entry.record_form.cleaned_data))


@require_GET
def dose_guidance(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """What the protocol foresees for the drugs of a dosing form, by the subject's open events and the last results: up
    to the day of the visit, where one is named."""
    subject = request.access.load(SUBJECTS, Permission.VIEW_SUBJECTS, pk=pk)
    if code not in DOSES:
        raise Http404
    visit = key_named(request.GET, "visit")
    at = get_object_or_404(subject.visits, pk=visit) if visit is not None else None
    with judged(Place(subject, CATALOGUE[code], at)):
        return render(request, "assessments/guidance.html", guidance_of(subject, code, at))


@require_POST
def laboratory_results(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Limits, flag and grade of each result as it is typed; nothing is saved."""
    subject = request.access.load(SUBJECTS, Permission.ENTER_DATA, pk=pk)
    if code not in CATALOGUE or not CATALOGUE[code].has_results:
        raise Http404
    place = _asked_place(request, subject, code)
    with judged(place, request.POST):
        entry = Entry(place.form_type, subject=subject, case_form=place.case_form, data=request.POST)
        entry.rows.is_valid()  # whatever is wrong with the sample's own items
        return render(request, "assessments/results_found.html", {"every": [found_of(row) for row in entry.rows]})
