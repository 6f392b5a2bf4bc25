"""All that the system says of what was recorded, as it is compared before and after an amendment: by what is said of
whom, and what."""

import html
import re
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.access import access_for
from accounts.models import User
from assessments.catalogue import CATALOGUE
from assessments.checks.asking import found_by_all, whole_casebook
from assessments.entering.entry import Entry, typed
from assessments.laboratory.samples import bench, computed, outcomes
from assessments.models import CaseForm
from assessments.place import Place
from assessments.visits.dating import judged
from assessments.visits.placing import forms_due
from casebook.enrolment import cohort_offers
from casebook.reading import casebooks
from cohorts.following import judging
from cohorts.models import Subject
from endpoints.models import Estimate
from protocol import under
from reports.casebook_copy import Copying, casebook_contents
from review.models import Query

Portrait = dict[tuple[str, ...], Any]
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
DROPPED = re.compile(r"<script.*?</script>|<input type=\"hidden\"[^>]*>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
# What a page says from the first amendment on: under which version the visit was held.
HELD_UNDER = re.compile(r"Protocol version [\d.]+")


def portrait(pages: bool = True) -> Portrait:
    """Everything of every subject, and the stored figures of each version. `pages` are the slowest part."""
    subjects = list(Subject.objects.select_related("site", "enrolment__cohort").order_by("pk"))
    portraits: Portrait = {}
    seen: set[str] = set()
    for subject in subjects:
        portraits |= dict(_of(subject))
        portraits |= dict(_pages(subject, seen)) if pages else {}
    return portraits | {
        (*map(str, key), "figures"): (figures, as_of)
        for *key, figures, as_of in Estimate.objects.values_list(
            "population", "analysis_set", "protocol__version", "figures", "as_of"
        )
    }


def differences(before: Portrait, after: Portrait) -> dict[tuple[str, ...], tuple[Any, Any]]:
    """(before, after) of all that was there before and is no longer so."""
    return {key: (value, after.get(key)) for key, value in before.items() if after.get(key) != value}


def _forms_of(subject: Subject) -> list[CaseForm]:
    return list(CaseForm.every.filter(subject=subject).select_related("visit", "subject__site").order_by("pk"))


def _of(subject: Subject) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from _visits(subject)
    yield from _forms(subject, _forms_of(subject))
    yield (subject.label, "status"), subject.status
    # What an amendment adds is beside it.
    yield from (((subject.label, code, "eligibility"), verdicts) for code, *verdicts in _eligibility(subject))
    yield (subject.label, "checks"), _checks(subject)
    open_now = Query.objects.filter(subject=subject).order_by("pk").values_list("pk", "state", "item", "text")
    yield (subject.label, "queries"), list(open_now)
    yield (subject.label, "paper"), _paper(subject)


def _visits(subject: Subject) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Of what took place, or was to: which day, window, label; what is asked for; which of it is there."""
    today = timezone.localdate()
    for cell in casebooks([subject], today)[subject.pk].visits:
        visit = cell.visit
        if visit.window_to is None or visit.window_to < today:
            days = visit.target_date, visit.window_from, visit.window_to, visit.visit_date
            yield (subject.label, visit.code, "visit"), (visit.label, *days, cell.timing)
            yield (subject.label, visit.code, "asked"), sorted(forms_due(visit))
            yield (subject.label, visit.code, "forms"), sorted((form.code, form.state) for form in cell.forms)


def _forms(subject: Subject, forms: list[CaseForm]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Whether what is stored could be saved again as it stands, as whoever corrects another item of it has to; and what
    the laboratory's results mean."""
    for form in forms:
        if form.state == "complete":
            entry, place = _entry(form)
            with judged(place, entry.data):
                entry = _entry(form)[0]
                entry.is_valid()
                yield (subject.label, form.code, str(form.pk), "errors"), entry.errors
                if form.code in ("haematology", "chemistry"):
                    yield (subject.label, form.code, str(form.pk), "grades"), _grades(subject, form, entry)


def _entry(form: CaseForm) -> tuple[Entry, Place]:
    form_type, at = CATALOGUE[form.code], {"subject": form.subject, "case_form": form, "visit": form.visit}
    sent = Entry(form_type, data=typed(*stored(form)), complete=True, every_lesion=False, **at)
    return sent, Place(form.subject, form_type, form.visit, form)


def stored(form: CaseForm) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A form's record and rows, as its page shows them."""
    shown = Entry(CATALOGUE[form.code], subject=form.subject, case_form=form, visit=form.visit)
    rows = [row for row in shown.rows or () if row.initial.get("id") or row.initial.get("label")]
    record, *lines = [
        {name: part.get_initial_for_field(field, name) for name, field in part.fields.items()}
        for part in (shown.record_form, *rows)
    ]
    return record, lines


def _grades(subject: Subject, form: CaseForm, entry: Entry) -> Any:
    record = entry.record_form.cleaned_data
    rows = [row.cleaned_data for row in entry.rows if row.cleaned_data.get("value") is not None]
    at = bench(subject, record.get("sample_date"), form)
    return {analyte: computed(at, outcome) for analyte, outcome in outcomes(at, record, rows).items()}


def _eligibility(subject: Subject) -> list[tuple[str, bool, list[str]]]:
    offers = cohort_offers(subject)
    return [(offer.plan.code, offer.is_recorded, [str(verdict) for verdict in offer.verdicts]) for offer in offers]


def _checks(subject: Subject) -> list[tuple[int, str, str, str]]:
    """What all checks would ask today of all that is complete."""
    with under(judging(subject.protocol_id)):
        findings = found_by_all(whole_casebook(subject.pk))
    return sorted((finding.case_form_id, finding.item, finding.check_id, finding.text) for finding in findings)


def _paper(subject: Subject) -> Any:
    user = User.objects.filter(memberships__role="data_manager").order_by("pk")[0]
    printed = casebook_contents(subject, Copying(access_for(user), user, timezone.now()))
    groups = [{**group, "title": _without_version(group["title"])} for group in printed["groups"]]
    waiting = [line for line in printed["nothing"] if "planned" not in line[1]]
    return printed["protocol"], groups, [[_without_version(words) for words in line] for line in waiting]


def _without_version(text: str) -> str:
    return re.sub(r", protocol version [\d.]+", "", text)


def _pages(subject: Subject, seen: set[str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The casebook, and one page of each kind of form that no subject before had, as the site's coordinator sees it."""
    desk = Client()
    at_site = User.objects.filter(memberships__role="coordinator", memberships__site=subject.site)
    desk.force_login(at_site.order_by("pk")[0])
    yield (subject.label, "casebook page"), _words(desk, f"/subjects/{subject.pk}/")
    for form in {form.code: form for form in _forms_of(subject) if form.code not in seen}.values():
        yield (subject.label, form.code, "form page"), _words(desk, f"/forms/{form.pk}/")
        seen.add(form.code)


def _words(desk: Client, address: str) -> str:
    answer = desk.get(address)
    assert answer.status_code == 200, address
    main = MAIN.search(answer.content.decode())
    assert main
    words = " ".join(html.unescape(TAGS.sub(" ", DROPPED.sub("", main[0]))).split())
    return " ".join(HELD_UNDER.sub("", words).split())
