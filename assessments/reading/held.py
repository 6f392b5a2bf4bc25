"""Under which version of the protocol each of several forms stands, in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from assessments.catalogue import CATALOGUE
from assessments.checks.days import earliest
from assessments.models import CaseForm
from assessments.visits.milestones import milestones_of
from cohorts.following import judging
from cohorts.versions import VersionTimeline, at_site, timeline


def held_under(forms: Sequence[CaseForm]) -> dict[int, str]:
    """By its key what the version of a form is called: that of its visit; of an entry of a log that of its own day; of
    what is recorded once at no visit the one that holds for the subject.

    No statement where all are at visits; else one a site and, where an amendment is active there, two and one a log.
    """
    at_visits = {form.pk: form.visit.protocol_id for form in forms if form.visit}
    others = [form for form in forms if not form.visit]
    return {key: judging(version).version for key, version in (at_visits | _at_no_visit(others)).items()}


def note_versions(forms: Sequence[CaseForm]) -> None:
    """The same at each form, as `protocol_version`."""
    versions = held_under(forms)
    for form in forms:
        form.protocol_version = versions[form.pk]  # type: ignore[attr-defined]


def _at_no_visit(forms: Sequence[CaseForm]) -> dict[int, int | None]:
    sites = {site: at_site(site) for site in {form.subject.site_id for form in forms}}
    amended = {site for site, versions in sites.items() if any(version.active_from for version in versions)}
    held = {form.pk: form.subject.protocol_id for form in forms}
    entries = [form for form in forms if CATALOGUE[form.code].is_log and form.subject.site_id in amended]
    if entries:
        courses = milestones_of(list({form.subject_id: form.subject for form in entries}.values()))
        lines = {
            form.subject_id: timeline(sites[form.subject.site_id], courses[form.subject_id][0].consents)
            for form in entries
        }
        held |= _by_day(entries, lines)
    return held


def _by_day(entries: Sequence[CaseForm], lines: Mapping[int, VersionTimeline]) -> dict[int, int | None]:
    days = _days(entries)
    return {form.pk: lines[form.subject_id].on(day) for form in entries if (day := days.get(form.pk)) is not None}


def _days(entries: Sequence[CaseForm]) -> dict[int, date | None]:
    """The first day that each entry can be of."""
    keys = defaultdict(list)
    for form in entries:
        keys[form.code].append(form.pk)
    days: dict[int, date | None] = {}
    for code, forms in keys.items():
        form_type = CATALOGUE[code]
        rows = form_type.record._default_manager.filter(case_form__in=forms)
        days |= {key: earliest(day) for key, day in rows.values_list("case_form", next(iter(form_type.log_columns)))}
    return days
