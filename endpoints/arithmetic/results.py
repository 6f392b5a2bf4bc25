"""Each result once: its code, its words, how it is derived, and where it is shown.

Tables, figures, files, the API, the report, a subject's page and the links to the subjects behind a number read it from
here. A code is the name of the result in stored outcomes, in files, in the API and in addresses: it never changes. What
an entry may be: CONTRIBUTING, "A new endpoint".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protocol.schema import AnalysisPlan

from .best_response import CONTROLLED, Course, CourseStep
from .dates import Timeline
from .outcomes import BestResponse, Flag, TimeToEvent
from .records import Response, SubjectRecords
from .time_to_event import (
    duration_of_response,
    follow_up,
    progression_free,
    time_to_response,
)

if TYPE_CHECKING:
    from .rows import OutcomeRow

KINDS = ("confirmed", "unconfirmed")
RESPONDERS: tuple[Response, ...] = ("CR", "PR")
# Numbers of a time that lead to their subjects.
COUNTED_OF_A_TIME = {"n": "all", "events": "with an event", "censored": "censored"}
NO_SUBJECTS = "No subject of this population counts in this analysis set."


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the results of a subject with an origin are derived from.

    `course` holds for progression, `response` what of it counts for response, which ends at `response_end`. `best` is
    the best response that the plan puts first, `benefit` its clinical benefit; it begins with `first`, the unconfirmed
    one with `first_unconfirmed`. `survival` is overall survival, from which follow-up is told too.
    """

    records: SubjectRecords
    dates: Timeline
    plan: AnalysisPlan
    course: Course
    response: Course
    response_end: TimeToEvent
    survival: TimeToEvent
    best: BestResponse
    benefit: Flag
    first: CourseStep | None
    first_unconfirmed: CourseStep | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEndpoint:
    """A share of the subjects, in per cent, by the confirmed and by the unconfirmed response.

    `label` names the rate, `short` where there is little room, `having` what a subject has that counts. A subject
    counts by its best response, one of `best`; without any, by the flags of its row that `columns` name, confirmed
    and unconfirmed. `compared_first`: of randomised groups its difference opens the page.
    """

    code: str
    label: str
    short: str
    having: str
    rule: Callable[[Evidence], Flag]
    best: tuple[Response, ...] = ()
    columns: tuple[str, str] = ("", "")
    compared_first: bool = False

    def column(self, kind: str) -> str:
        return self.columns[KINDS.index(kind)]

    def counts(self, row: OutcomeRow, kind: str) -> bool:
        """Whether a subject counts by the confirmed or the unconfirmed response."""
        if self.best:
            return (row.cbor if kind == "confirmed" else row.bor) in self.best
        return bool(getattr(row, self.column(kind)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveWords:
    """The words of a time's figure: `share` is the axis, `events` and `censored` say what the two are, `event` what an
    event is, `nobody` why there may be no subject to draw, `not_compared` why randomised groups are not compared by it.
    Days count from `since`; "" is the origin of the plan."""

    share: str
    event: str
    events: str = "events"
    censored: str = "censored"
    nobody: str = NO_SUBJECTS
    since: str = ""
    title: str = ""
    not_compared: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEndpoint:
    """A time to event: days in files, months in tables.

    It stands in the table of times and on the subject's page; with a `curve` it has a figure, also by randomised group,
    and a column of the numbers at risk. `is_main`: its median opens the page, it stands at the landmarks, randomised
    groups are compared by it, and files name its reason. `reverses` names the time that it is with events and
    censorings exchanged: it has no value of its own in a row, and none on the subject's page.
    """

    code: str
    label: str
    rule: Callable[[Evidence], TimeToEvent | None]
    short: str = ""
    curve: CurveWords | None = None
    is_main: bool = False
    is_unconfirmed: bool = False
    reverses: str = ""

    @property
    def column(self) -> str:
        """Where a row keeps its days."""
        return self.reverses or self.code

    @property
    def brief(self) -> str:
        return self.short or self.label

    @property
    def title(self) -> str:
        """Of its figure."""
        return (self.curve and self.curve.title) or self.label

    @property
    def not_compared(self) -> str:
        """Why randomised groups, whose curves are drawn, are not compared by it; "" where they are."""
        if self.is_main or not self.curve:
            return ""
        return self.curve.not_compared or f"{self.label}: the groups are not compared."


RATES = (
    RateEndpoint(
        code="orr",
        label="Objective response rate (CR + PR)",
        short="ORR",
        having="Objective response",
        rule=lambda of: Flag(of.best.responder, of.best.reason, of.best.refs),
        best=RESPONDERS,
        compared_first=True,
    ),
    RateEndpoint(
        code="dcr",
        label="Disease control rate (CR + PR + SD)",
        short="DCR",
        having="Disease control",
        rule=lambda of: Flag(of.best.value in CONTROLLED, of.best.reason, of.best.refs),
        best=CONTROLLED,
    ),
    RateEndpoint(
        code="cbr",
        label="Clinical benefit rate",
        short="CBR",
        having="Clinical benefit",
        rule=lambda of: of.benefit,
        columns=("benefit", "benefit_unconfirmed"),
    ),
)
TIMES = (
    TimeEndpoint(
        code="pfs",
        label="Progression-free survival",
        short="PFS",
        rule=lambda of: progression_free(of.records, of.course, of.dates, of.plan),
        curve=CurveWords(
            share="Progression-free survival",
            event="Event: progression or death from any cause.",
        ),
        is_main=True,
    ),
    TimeEndpoint(
        code="os",
        label="Overall survival",
        short="OS",
        rule=lambda of: of.survival,
        curve=CurveWords(share="Overall survival", events="deaths", event="Event: death from any cause."),
        is_main=True,
    ),
    TimeEndpoint(
        code="dor",
        label="Duration of response",
        rule=lambda of: duration_of_response(of.first, of.response_end),
        curve=CurveWords(
            share="Responders still in response",
            event="Responders alone. Event: progression or death from any cause.",
            since="response",
            nobody="No subject has responded: there is no duration of response to show.",
            not_compared="Responders are no randomised groups: their durations are not compared.",
        ),
    ),
    TimeEndpoint(code="ttr", label="Time to response", rule=lambda of: time_to_response(of.first, of.response)),
    TimeEndpoint(
        code="dor_unconfirmed",
        label="Duration of response, unconfirmed",
        rule=lambda of: duration_of_response(of.first_unconfirmed, of.response_end),
        is_unconfirmed=True,
    ),
    TimeEndpoint(
        code="ttr_unconfirmed",
        label="Time to response, unconfirmed",
        rule=lambda of: time_to_response(of.first_unconfirmed, of.response),
        is_unconfirmed=True,
    ),
    TimeEndpoint(
        code="follow_up",
        label="Follow-up",
        rule=lambda of: follow_up(of.survival),
        curve=CurveWords(
            title="Follow-up (reverse Kaplan-Meier)",
            share="Subjects still followed",
            events="alive at last contact",
            censored="died",
            event="Survival with event and censoring exchanged: it ends with being alive at last contact.",
        ),
        reverses="os",
    ),
)
RATE = {rate.code: rate for rate in RATES}
TIME = {time.code: time for time in TIMES}
# Those of which each subject has a value of its own.
SUBJECT_TIMES = tuple(time for time in TIMES if not time.reverses)
MAIN_TIMES = tuple(time for time in TIMES if time.is_main)


def derived_results(of: Evidence) -> dict[str, Any]:
    """Each result of a subject by its code: what `SubjectOutcome` is made of."""
    return {endpoint.code: endpoint.rule(of) for endpoint in (*RATES, *TIMES)}


def estimated_times(estimates: Mapping[str, Any]) -> Iterator[TimeEndpoint]:
    """The times of which there are estimates: those of an earlier release lack what came later."""
    return (time for time in TIMES if time.code in estimates)


def drawn_times(estimates: Mapping[str, Any]) -> Iterator[TimeEndpoint]:
    """Those of them that have a curve."""
    return (time for time in estimated_times(estimates) if time.curve)


def grouped_times(estimates: Mapping[str, Any]) -> Iterator[TimeEndpoint]:
    """Those of which randomised groups have curves in one figure."""
    return (time for time in drawn_times(estimates) if not time.reverses)


def main_times(estimates: Mapping[str, Any]) -> Iterator[TimeEndpoint]:
    """Those of `estimated_times` by which groups are compared."""
    return (time for time in estimated_times(estimates) if time.is_main)


def estimated_rates(estimates: Mapping[str, Any]) -> Iterator[RateEndpoint]:
    """As `estimated_times`, of one kind of response."""
    return (rate for rate in RATES if rate.code in estimates)
