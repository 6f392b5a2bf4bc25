"""One subject's outcome as a page tells it: each assessment, then each result with its reason and its records."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, FollowUp, NewAnticancerTherapy
from assessments.reading.deidentified import masked
from endpoints.arithmetic.percentages import signed
from endpoints.arithmetic.populations import NOT_ASSESSED
from endpoints.arithmetic.results import RATES, SUBJECT_TIMES
from endpoints.figures import spider
from endpoints.figures.style import Canvas, Spec
from endpoints.models import EarlierOutcome, Outcome
from protocol import current
from randomisation.wording import in_words
from values.counts import counted
from values.dates import shown_date
from values.numbers import read_keys, written
from values.shown import months
from values.times import shown_moment

RESULTS = (
    ("cbor", "Best overall response, confirmed"),
    ("bor", "Best overall response, unconfirmed"),
    *((rate.code, rate.having) for rate in RATES),
    ("measurable", "Measurable disease at baseline"),
)
# Where the name of a new therapy stands.
NAMED: dict[str, tuple[Any, str]] = {
    "new_therapy": (NewAnticancerTherapy, "name"),
    "follow_up": (FollowUp, "new_therapy_name"),
}


@dataclass(frozen=True, slots=True)
class FieldSource:
    """A record that a result rests on, and where to look at it; `trail` only for those who may read the trail."""

    label: str
    form: str
    trail: str


@dataclass(frozen=True, slots=True)
class DerivedResult:
    title: str
    value: str
    reason: str
    sources: tuple[FieldSource, ...]


@dataclass(frozen=True, slots=True)
class AssessedVisit:
    """One assessment in the words and numbers of the screen; a value that does not exist is a dash."""

    date: str
    day: str
    sum: str
    change: str
    nadir_change: str
    target: str
    non_target: str
    new_lesion: str
    derived: str
    investigator: str
    used: str
    differs: bool
    reason: str
    sources: tuple[FieldSource, ...]


@dataclass(frozen=True, slots=True)
class Story:
    assessments: tuple[AssessedVisit, ...]
    results: tuple[DerivedResult, ...]
    times: tuple[DerivedResult, ...]
    findings: tuple[DerivedResult, ...]
    facts: tuple[tuple[str, str], ...]
    course: Spec | None


def story_of(outcome: Outcome | EarlierOutcome, *, with_trail: bool, identifying: bool) -> Story:
    """`identifying`: with the name of a new therapy in the site's own words.

    What was derived by an earlier release tells nothing of results that came later: they are not shown.
    """
    derived = outcome.derivation
    sources = Sources(outcome.subject_id, with_trail=with_trail)
    return Story(
        assessments=tuple(_assessed(row, derived, sources) for row in derived["assessments"]),
        results=(
            *(_result(title, derived[name], sources) for name, title in RESULTS if name in derived),
            *_new_therapy(derived, sources, identifying=identifying),
        ),
        times=tuple(_time(time.label, derived[time.code], sources) for time in SUBJECT_TIMES if time.code in derived),
        findings=tuple(
            DerivedResult("", row["code"], row["text"], sources.of(row["refs"])) for row in derived["findings"]
        ),
        facts=_facts(outcome),
        course=_course(outcome),
    )


class Sources:
    """Turns the refs of a derivation ("tumour:123" is case form 123) into links, by one statement for all of them."""

    def __init__(self, subject_id: int, *, with_trail: bool) -> None:
        forms = CaseForm.objects.filter(subject=subject_id).select_related("visit")
        self.forms = {form.pk: form for form in forms}
        self.with_trail = with_trail

    def of(self, refs: Iterable[str]) -> tuple[FieldSource, ...]:
        keys = dict.fromkeys(key for code, _, key in (ref.partition(":") for ref in refs) if code in CATALOGUE)
        forms = map(self.forms.get, read_keys(keys))
        return tuple(self._source(form) for form in forms if form is not None)

    def _source(self, form: CaseForm) -> FieldSource:
        title, visit = CATALOGUE[form.code].title, form.visit.label if form.visit else ""
        # "Tumour assessment 5" says which form it is.
        label = visit if visit.startswith(title) else ", ".join(filter(None, [title, visit]))
        trail = f"{reverse('trail')}?form={form.pk}" if self.with_trail else ""
        return FieldSource(label, reverse("form", args=[form.pk]), trail)


def _assessed(row: dict[str, Any], derived: dict[str, Any], sources: Sources) -> AssessedVisit:
    return AssessedVisit(
        date=shown_date(row["date"]) or "–",
        day=_day(row["date"], _origin(derived)),
        sum=f"{_mm(row['sum'])}{'' if row['complete'] or row['sum'] is None else ' (incomplete)'}",
        change=_percent(row["change"]),
        nadir_change=_percent(row["nadir_change"]),
        target=row["target"] or "–",
        non_target=row["non_target"] or "–",
        new_lesion={"Y": "yes", "N": "no", "EQUIVOCAL": "equivocal"}.get(row["new_lesion"] or "", "–"),
        derived=row["derived"],
        investigator=row["investigator"] or "–",
        used=row["overall"],
        differs=bool(row["investigator"]) and row["investigator"] != row["derived"],
        reason=row["reason"] + _after_therapy(row, derived),
        sources=sources.of([row["ref"], *row["refs"]]),
    )


def _origin(derived: dict[str, Any]) -> str | None:
    """Day 1 of all times. What was stored before times could begin with randomisation does not name it."""
    return derived.get("origin", derived["treatment_start"])


def _mm(size: str | None) -> str:
    return "–" if size is None else f"{written(Decimal(size))} mm"


def _after_therapy(row: dict[str, Any], derived: dict[str, Any]) -> str:
    """What the column of the response that counts does not say: that no response comes from this assessment."""
    known = row["proven_on"] or row["date"]
    late = derived["response_ended"] and known and known > derived["response_ended"]
    return " Assessed after new anticancer therapy had begun: it counts for progression alone." if late else ""


def _percent(change: str | None) -> str:
    return "–" if change is None else f"{signed(change)} %"


def _day(date: str | None, start: str | None) -> str:
    if not date or not start:
        return "–"
    days = (datetime.date.fromisoformat(date) - datetime.date.fromisoformat(start)).days
    return str(days + 1 if days >= 0 else days)


def _result(title: str, derived: dict[str, Any], sources: Sources) -> DerivedResult:
    value = derived["value"]
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif not derived["assessed"]:
        value = NOT_ASSESSED.capitalize()
    return DerivedResult(title, value, derived["reason"], sources.of(derived["refs"]))


def _new_therapy(derived: dict[str, Any], sources: Sources, *, identifying: bool) -> Iterator[DerivedResult]:
    """The new anticancer therapy that counts, named as its form or the follow-up does."""
    if derived["new_therapy"] is None:
        return
    code, _, key = derived["new_therapy_ref"].partition(":")
    model, item = NAMED[code]
    row = model._default_manager.filter(pk=key).first()
    written = getattr(row, item, "") or "not named"
    name = written if identifying else masked(model, item, written)
    kind = f"{row.get_kind_display().lower()}, " if isinstance(row, NewAnticancerTherapy) else ""
    words = f"Started on {shown_date(derived['new_therapy'])}"
    ends = "; what is assessed after that day does not count for the response" if derived["response_ended"] else ""
    yield DerivedResult(
        "New anticancer therapy", f"{kind}{name}", f"{words}{ends}.", sources.of([derived["new_therapy_ref"]])
    )


def _time(title: str, time: dict[str, Any] | None, sources: Sources) -> DerivedResult:
    if time is None:
        return DerivedResult(title, "–", "Does not exist for this subject.", ())
    days, in_months = counted(time["days"], "day"), months(time["days"], current().analysis.days_per_month)
    value = f"{days} ({in_months} months), {'event' if time['event'] else 'censored'}"
    return DerivedResult(title, value, time["words"], sources.of(time["refs"]))


def _facts(outcome: Outcome | EarlierOutcome) -> tuple[tuple[str, str], ...]:
    derived = outcome.derivation
    protocol = current()
    randomised = [_origin(derived)] if protocol.analysis.origin == "randomisation" else []
    codes = {cohort.code: cohort.label for cohort in protocol.cohorts}
    return (
        ("Cohort", codes.get(outcome.cohort_code, "not enrolled")),
        *(("Randomised", shown_date(day) or "no") for day in randomised),
        *(("Stratum at randomisation", in_words(given)) for given in [derived.get("stratum")] if given),
        ("First dose", shown_date(derived["treatment_start"]) or "none"),
        ("Sum at baseline", _mm(derived["baseline_sum"])),
        ("Response that counts", f"the {protocol.analysis.response_source}'s"),
        ("Derived", shown_moment(outcome.derived_at, seconds=True)),
    )


def _course(outcome: Outcome | EarlierOutcome) -> Spec | None:
    """The subject's own spider line, drawn where there is more than the baseline."""
    row = outcome.row
    points = [(day, change) for day, _, change in row["course"] if change is not None]
    if not points:
        return None
    line = {
        "ref": row["ref"],
        "label": row["label"],
        "response": outcome.derivation["headline"]["value"] if row["assessed"] else NOT_ASSESSED,
        "points": [(row["baseline_day"] or 1, 0.0), *points],
        "new_lesions": row["new_lesions"],
    }
    canvas = Canvas("container", days_per_month=float(current().analysis.days_per_month))
    return spider.spec([line], canvas, every_point=True)
