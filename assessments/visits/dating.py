"""On which day a visit took place by its forms, and so under which version of the protocol each of them is held."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.utils import timezone

from assessments.catalogue import LEADING, FormType, codes_of
from assessments.checks.days import earliest
from assessments.models import CaseForm
from assessments.place import Place
from assessments.visits.milestones import stamp_visit
from assessments.visits.placing import tells_the_day
from cohorts.following import judging
from cohorts.models import Subject, Visit
from cohorts.versions import versions_of
from protocol import under
from values import UnreadableValue
from values.dates import read_partial_date

# Plain SQL: building this from the ORM costs more than running it, and nearly every save makes it.
# Says whether an amendment is active at the site, sooner or later: the visit then may be held under it.
DATE_VISIT = """
    UPDATE "cohorts_visit" SET visit_date = %s WHERE id = %s
    RETURNING EXISTS (SELECT 1 FROM cohorts_approval WHERE site_id = %s)
"""
# The leading form, else the one that was begun first: a visit's day does not change with whichever was saved last.
FIRST_DATED = """
    SELECT id FROM assessments_caseform WHERE visit_id = %s AND code = ANY(%s) AND state NOT IN ('not_done', 'in_error')
    ORDER BY code = %s DESC, id LIMIT 1
"""


def judged(place: Place, sent: Mapping[str, Any] = MappingProxyType({})) -> AbstractContextManager[None]:
    """Within, the version of the protocol holds under which the visit stands, at none that of the subject: of what
    is sent of the record to be saved, the one under which the save will have it stand."""
    return under(judging(version_held(place, sent)))


def version_held(place: Place, sent: Mapping[str, Any]) -> int | None:
    """The version that the form stands under once this is saved of its record, typed or read: the save may date the
    visit, and what is missing or odd is so by the version of that day. An entry of a log stands under that of its own
    day. One statement where the day is new to the visit, two where an amendment is active at the site."""
    day, visit = day_told(place.form_type, sent, place.subject), place.visit
    if visit is None:
        if not place.form_type.is_log:
            return place.subject.protocol_id
        if not sent and place.case_form is not None:
            day = stored_days(place.form_type, [place.case_form.pk]).get(place.case_form.pk)
        return _held_on(place, day) if day else place.subject.protocol_id
    if day is None or day == visit.visit_date or not _would_date(visit, place):
        return visit.protocol_id
    return _held_on(place, day)


def _held_on(place: Place, day: date) -> int | None:
    # The consent that is being given counts already: it says when the subject came into the trial.
    begins = place.form_type.code == "consent"
    return (versions_of(place.subject, begins=day) if begins else place.versions).on(day)


def stored_days(form_type: FormType, keys: Sequence[int]) -> dict[int, date]:
    """The day of each of these entries of a log, by their keys, where one was told. One statement."""
    days = form_type.record._default_manager.filter(pk__in=keys).values_list("pk", form_type.log_columns[0])
    return {key: day for key, text in days if (day := earliest(text))}


def day_told(form_type: FormType, sent: Mapping[str, Any], subject: Subject) -> date | None:
    """The day that a record tells of; None where it tells none, or what cannot be read. A visit takes place on a whole
    day, an entry of a log begins on the first one that it can."""
    typed_day = sent.get(form_type.date_item or next(iter(form_type.log_columns), ""))
    if not typed_day or isinstance(typed_day, date):
        return typed_day or None
    try:
        day = read_partial_date(str(typed_day), today=timezone.localdate(timezone=subject.site.zone))
    except UnreadableValue:
        return None
    return earliest(day) if form_type.is_log or len(day) == len("2026-01-01") else None


def date_the_visit(place: Place, case_form: CaseForm, record: Mapping[str, Any]) -> None:
    """Have a visit take place on the day of the form that says so, under the version of that day."""
    visit, day = place.visit, day_told(place.form_type, record, place.subject)
    if visit is None or day is None or visit.visit_date == day:
        return
    if _says_the_day(visit, case_form.code, case_form.pk):
        with connection.cursor() as cursor:
            cursor.execute(DATE_VISIT, [day, visit.pk, place.subject.site_id])
            [may_go_over] = cursor.fetchone()
        # Other forms of the visit that are saved with this one see it as it is by now.
        visit.visit_date = day
        if may_go_over:
            stamp_visit(visit, place.subject, day)


def _would_date(visit: Visit, place: Place) -> bool:
    return _says_the_day(visit, place.form_type.code, place.case_form.pk if place.case_form else None)


def _says_the_day(visit: Visit, code: str, form_key: int | None) -> bool:
    """Whether this form says on which day the visit took place; `form_key` is None before its first save."""
    if not tells_the_day(code, visit.kind):
        return False
    leading = LEADING.get(visit.kind, "")
    if visit.visit_date is None or code == leading:
        return True
    dated = list(codes_of(lambda form: tells_the_day(form.code, visit.kind)))
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DATED, [visit.pk, dated, leading])
        first = cursor.fetchone()
    return first is None or bool(first == (form_key,))
