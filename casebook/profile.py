"""A subject's profile: what the complete forms say of visits, doses, adverse events and lesions, in days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet

from assessments.checks.days import earliest, latest
from assessments.codelists import DoseFrequency, Grade
from assessments.models import (
    AdverseEvent,
    Death,
    EndOfTreatment,
    EverolimusInterval,
    ExposureInterval,
    FollowUp,
    InfusionVisit,
    TumourBaseline,
)
from assessments.models.case_form import FormState
from assessments.reading.deidentified import masked
from assessments.visits.missed import missed_among
from assessments.visits.placing import cycle_day
from cohorts.models import Subject, Visit
from endpoints.figures.style import Spec
from endpoints.figures.timeline import ENDED, INTERRUPTED, Moment, Picture, Span, spec, sums
from endpoints.models import Outcome
from protocol import current
from values.dates import shown_date
from values.numbers import written

# As the picture has always had them, whatever their order in the file.
LAST = {"paclitaxel": 1}
DIED, HEARD_OF = "Death", "Last contact"
# By their forms: the tablets and the infusions of the trial that the program began with.
TABLETS, INFUSIONS = "everolimus", ("trastuzumab", "paclitaxel")
CHANGED = {"DOSE REDUCED": "reduced", "DOSE OMITTED": "omitted", "DOSE DELAYED": "delayed"}


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """One line of the table that says the same as the picture."""

    day: int
    date: str
    lane: str
    words: str


@dataclass(frozen=True, slots=True)
class PatientProfile:
    picture: Picture
    lines: list[ProfileLine]
    timeline: Spec
    sums: Spec | None


def profile_of(subject: Subject, *, today: date, identifying: bool) -> PatientProfile:
    """In nine statements, whatever the record holds. `identifying`: with adverse events in the site's own words."""
    start = subject.first_dose_date or today
    picture = _Reading(subject, start, today, identifying).picture()
    month = float(current().analysis.days_per_month)
    return PatientProfile(
        picture=picture,
        lines=_lines(picture, start),
        timeline=spec(picture, days_per_month=month),
        sums=sums(picture, days_per_month=month) if len(picture.sums) > 1 else None,
    )


class _Reading:
    """The complete forms of one subject, as spans and moments in days from `start`."""

    def __init__(self, subject: Subject, start: date, today: date, identifying: bool) -> None:
        self.subject, self.start, self.today, self.identifying = subject, start, today, identifying

    def picture(self) -> Picture:
        ends = self.ends()
        # What goes on goes on until death, else until the last thing that is known.
        last = next((moment.day for moment in ends if moment.lane == DIED), None)
        if last is None:
            last = max((moment.day for moment in ends), default=self.day(self.today))
        events = sorted(self.events(last), key=lambda span: (span.start, span.lane))
        return Picture(
            lanes=[
                *(moment.lane for moment in ends),
                "Visits",
                *_lanes(),
                *dict.fromkeys(span.lane for span in events),
            ],
            doses=list(self.doses(last)),
            infusions=list(self.infusions()),
            visits=list(self.visits()),
            events=events,
            ends=ends,
            sums=list(self.sums()),
        )

    def day(self, on: date) -> int:
        return (on - self.start).days

    def complete(self, model: type[Model]) -> QuerySet:
        of_subject = {"case_form__subject": self.subject, "case_form__state": FormState.COMPLETE}
        return model._default_manager.filter(**of_subject)

    def visits(self) -> Iterator[Moment]:
        visits = list(self.subject.visits.all())
        missed = missed_among(visits)
        for visit in visits:
            on = visit.visit_date or visit.target_date
            if on is None or (visit.visit_date is None and (visit.window_from or on) > self.today):
                continue
            late = visit.window_to is not None and visit.window_to < self.today
            waits = "missed" if visit.pk in missed else "overdue" if late else "due"
            kind = "took place" if visit.visit_date else waits
            yield Moment("Visits", self.day(on), f"{visit.label}, {kind}", kind)

    def doses(self, last: int) -> Iterator[Span]:
        rows = self.complete(EverolimusInterval).filter(struck_out=False, start_date__isnull=False)
        for row in rows.order_by("start_date"):
            end = self.day(row.end_date) if row.end_date else max(last, self.day(row.start_date))
            dose = f"{written(row.dose_mg)} mg" if row.dose_mg else INTERRUPTED
            often = row.get_frequency_display().lower() if row.dose_mg else ""
            yield Span(_lane(TABLETS), self.day(row.start_date), end, f"{dose} {often}".strip(), dose)
        yield from self.exposures(last)

    def exposures(self, last: int) -> Iterator[Span]:
        """Times of a dose of any drug of the regimen, from the form of study drugs; a single dose is a day."""
        rows = self.complete(ExposureInterval).filter(struck_out=False, start_date__isnull=False)
        for row in rows.order_by("start_date"):
            start = self.day(row.start_date)
            ongoing = start if row.frequency == DoseFrequency.ONCE else max(last, start)
            end = self.day(row.end_date) if row.end_date else ongoing
            dose = f"{written(row.dose)} {row.dose_unit or 'mg'}" if row.dose and row.given == "Y" else INTERRUPTED
            often = dict(DoseFrequency.choices).get(row.frequency, row.frequency) if row.given == "Y" else ""
            yield Span(_lane(row.treatment), start, end, f"{dose} {str(often).lower()}".strip(), dose)

    def infusions(self) -> Iterator[Moment]:
        rows = self.complete(InfusionVisit).filter(infusion_date__isnull=False).select_related("case_form__visit")
        for row in rows.order_by("infusion_date"):
            for drug in INFUSIONS:
                given, dose, change = (getattr(row, f"{drug}_{name}") for name in ("given", "dose_mg", "change"))
                if given != "Y" and not _was_planned(drug, row.case_form.visit, change):
                    continue
                kind = "omitted" if given != "Y" else CHANGED.get(change, "as planned")
                amount = f"{written(dose)} mg, " if dose and given == "Y" else ""
                yield Moment(_lane(drug), self.day(row.infusion_date), f"{amount}{kind}", kind)

    def events(self, last: int) -> Iterator[Span]:
        for row in self.complete(AdverseEvent):
            start, end = earliest(row.start_date), earliest(row.end_date)
            if start is None:
                continue
            term = row.term if self.identifying else masked(AdverseEvent, "term", row.term)
            words = row.dictionary_term or term
            until = self.day(end) if end else max(last, self.day(start))
            grade, over = Grade(row.grade).label.lower(), shown_date(row.end_date) or "ongoing"
            sentence = f"{words}, grade {grade}, {shown_date(row.start_date)} to {over}"
            yield Span(f"G{row.grade} {words}", self.day(start), max(until, self.day(start)), sentence, row.grade)

    def ends(self) -> list[Moment]:
        """How treatment ended, and the death or else the last contact."""
        ended = list(self.complete(EndOfTreatment).filter(end_date__isnull=False))
        contacts = [on for row in self.complete(FollowUp) if (on := earliest(row.contact_date))]
        heard_of = max([*contacts, *(row.end_date for row in ended)], default=None)
        moments = [Moment(ENDED, self.day(row.end_date), row.get_reason_display()) for row in ended]
        died = next((row for row in self.complete(Death) if row.death_date), None)
        survival = self.derivation.get("os") or {}
        derived = earliest(survival.get("date") or "")
        if died:
            on = derived if derived and survival["event"] else _death(died, heard_of)
            moments.append(Moment(DIED, self.day(on), f"Cause: {died.get_cause_display()}"))
        elif derived and not survival["event"]:
            # The day by which overall survival is censored: the last contact is the same one on every page.
            moments.append(Moment(HEARD_OF, self.day(derived), survival["words"]))
        elif contacts:
            moments.append(Moment(HEARD_OF, self.day(max(contacts)), "Alive"))
        return sorted(moments, key=lambda moment: moment.day)

    @cached_property
    def derivation(self) -> dict[str, Any]:
        """The stored outcome as a whole; empty before the first refresh."""
        return Outcome.objects.filter(subject=self.subject).values_list("derivation", flat=True).first() or {}

    def sums(self) -> Iterator[Moment]:
        """Derived sums: the ones that response rests on, with the response that counts."""
        derived = self.derivation
        for baseline in self.complete(TumourBaseline):
            on, total = earliest(baseline.assessment_date), derived.get("baseline_sum")
            if on and total is not None:
                yield Moment(
                    "Lesions", self.day(on), f"{shown_date(baseline.assessment_date)}: baseline", "", float(total)
                )
        for row in derived.get("assessments", ()):
            on = earliest(row["date"] or "")
            if on is not None:
                total = float(row["sum"]) if row["sum"] is not None and row["complete"] else None
                yield Moment(
                    "Lesions", self.day(on), f"{shown_date(row['date'])}: {row['overall']}", row["overall"], total
                )


def _lane(drug: str) -> str:
    return next((planned.label for planned in current().regimen.drugs if planned.code == drug), drug)


def _lanes() -> list[str]:
    """The drugs of the regimen: what is taken first, then what is infused."""
    drugs = sorted(current().regimen.drugs, key=lambda drug: (drug.route != "oral", LAST.get(drug.code, 0)))
    return [drug.label for drug in drugs]


def _death(row: Death, heard_of: date | None) -> date:
    """Of a partial date the first day on which nothing that is known came after death: good enough to draw, never used
    to analyse."""
    first, last = earliest(row.death_date), latest(row.death_date)
    assert first is not None and last is not None
    return min(max(first, heard_of or first), last)


def _was_planned(drug: str, visit: Visit | None, change: str) -> bool:
    """Whether a drug that was left out was planned for the visit; of an unscheduled one, what the form says."""
    day = cycle_day(visit.code if visit else "")
    return change == "DOSE OMITTED" if day is None else day in current().drug(drug).days


def _lines(picture: Picture, start: date) -> list[ProfileLine]:
    spans = [(span.start, span.lane, span.words) for span in (*picture.doses, *picture.events)]
    moments = (*picture.infusions, *picture.visits, *picture.ends, *picture.sums)
    entries = spans + [(moment.day, moment.lane, moment.words) for moment in moments]
    return [
        # The first dose is on day 1, and there is no day 0, as everywhere else.
        ProfileLine(day + 1 if day >= 0 else day, shown_date(date.fromordinal(start.toordinal() + day)), lane, words)
        for day, lane, words in sorted(entries)
    ]
