"""A subject's picture: what the complete forms say of visits, doses, adverse events and lesions, in days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, QuerySet

from assessments.codelists import Grade
from assessments.deidentified import masked
from assessments.models import (
    AdverseEvent,
    Death,
    EndOfTreatment,
    EverolimusInterval,
    FollowUp,
    InfusionVisit,
    TumourBaseline,
)
from assessments.models.case_form import FormState
from cohorts.models import Subject
from endpoints.figures.style import Spec
from endpoints.figures.timeline import INTERRUPTED, Moment, Picture, Span, spec, sums
from endpoints.models import Outcome
from trialsite.protocol import current

MILESTONES = "Milestones"
DRUGS = ("Everolimus", "Trastuzumab", "Paclitaxel")
CHANGED = {"DOSE REDUCED": "reduced", "DOSE OMITTED": "omitted", "DOSE DELAYED": "delayed"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table that says the same as the picture."""

    day: int
    date: str
    lane: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    picture: Picture
    lines: list[Line]
    timeline: Spec
    sums: Spec | None


def told(subject: Subject, *, today: date, identifying: bool) -> Told:
    """In nine statements, whatever the record holds. `identifying`: with adverse events in the site's own words."""
    start = subject.first_dose_date or today
    picture = _Reading(subject, start, today, identifying).picture()
    month = float(current().analysis.days_per_month)
    return Told(
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
        ends = sorted(self.ends(), key=lambda moment: moment.day)
        last = max((moment.day for moment in ends), default=self.day(self.today))
        events = sorted(self.events(last), key=lambda span: (span.start, span.lane))
        return Picture(
            lanes=[MILESTONES, "Visits", *DRUGS, *dict.fromkeys(span.lane for span in events)],
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
        own = {"case_form__subject": self.subject, "case_form__state": FormState.COMPLETE}
        return model._default_manager.filter(**own)

    def visits(self) -> Iterator[Moment]:
        for visit in self.subject.visits.all():
            on = visit.visit_date or visit.target_date
            if on is None or (visit.visit_date is None and (visit.window_from or on) > self.today):
                continue
            late = visit.window_to is not None and visit.window_to < self.today
            kind = "took place" if visit.visit_date else "overdue" if late else "due"
            yield Moment("Visits", self.day(on), f"{visit.label}, {kind}", kind)

    def doses(self, last: int) -> Iterator[Span]:
        rows = self.complete(EverolimusInterval).filter(struck_out=False, start_date__isnull=False)
        for row in rows.order_by("start_date"):
            end = self.day(row.end_date) if row.end_date else max(last, self.day(row.start_date))
            dose = f"{row.dose_mg.normalize():f} mg" if row.dose_mg else INTERRUPTED
            often = row.get_frequency_display().lower() if row.dose_mg else ""
            yield Span(DRUGS[0], self.day(row.start_date), end, f"{dose} {often}".strip(), dose)

    def infusions(self) -> Iterator[Moment]:
        for row in self.complete(InfusionVisit).filter(infusion_date__isnull=False).order_by("infusion_date"):
            for drug in DRUGS[1:]:
                given, dose, change = (
                    getattr(row, f"{drug.lower()}_{name}") for name in ("given", "dose_mg", "change")
                )
                kind = "omitted" if given != "Y" else CHANGED.get(change, "as planned")
                amount = f"{dose.normalize():f} mg, " if dose and given == "Y" else ""
                yield Moment(drug, self.day(row.infusion_date), f"{amount}{kind}", kind)

    def events(self, last: int) -> Iterator[Span]:
        for row in self.complete(AdverseEvent):
            start, end = _known(row.start_date), _known(row.end_date)
            if start is None:
                continue
            own = row.term if self.identifying else masked(AdverseEvent, "term", row.term)
            words = row.dictionary_term or own
            until = self.day(end) if end else max(last, self.day(start))
            grade, over = Grade(row.grade).label.lower(), row.end_date or "still there"
            said = f"{words}, grade {grade}, {row.start_date} to {over}"
            yield Span(f"G{row.grade} {words}", self.day(start), max(until, self.day(start)), said, row.grade)

    def ends(self) -> Iterator[Moment]:
        for row in self.complete(EndOfTreatment).filter(end_date__isnull=False):
            yield Moment(MILESTONES, self.day(row.end_date), "End of treatment")
        died = next((on for row in self.complete(Death) if (on := _known(row.death_date))), None)
        contacts = [on for row in self.complete(FollowUp) if (on := _known(row.contact_date))]
        if died:
            yield Moment(MILESTONES, self.day(died), "Death")
        elif contacts:
            yield Moment(MILESTONES, self.day(max(contacts)), "Last contact")

    def sums(self) -> Iterator[Moment]:
        """Derived sums: the ones that response rests on, with the response that counts."""
        found = Outcome.objects.filter(subject=self.subject).values_list("derivation", flat=True).first() or {}
        for baseline in self.complete(TumourBaseline):
            on, total = _known(baseline.assessment_date), found.get("baseline_sum")
            if on and total is not None:
                yield Moment("Lesions", self.day(on), f"{baseline.assessment_date}: baseline", "", float(total))
        for row in found.get("assessments", ()):
            on = _known(row["date"] or "")
            if on is not None:
                total = float(row["sum"]) if row["sum"] is not None and row["complete"] else None
                yield Moment("Lesions", self.day(on), f"{row['date']}: {row['overall']}", row["overall"], total)


def _known(day: str) -> date | None:
    """A partial date as the first day that it can be: good enough to draw, never used to analyse."""
    return date.fromisoformat(f"{day}-01-01"[:10]) if day else None


def _lines(picture: Picture, start: date) -> list[Line]:
    spans = [(span.start, span.lane, span.words) for span in (*picture.doses, *picture.events)]
    moments = (*picture.infusions, *picture.visits, *picture.ends, *picture.sums)
    found = spans + [(moment.day, moment.lane, moment.words) for moment in moments]
    return [
        # The first dose is on day 1, and there is no day 0, as everywhere else.
        Line(day + 1 if day >= 0 else day, date.fromordinal(start.toordinal() + day).isoformat(), lane, words)
        for day, lane, words in sorted(found)
    ]
