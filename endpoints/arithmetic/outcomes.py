"""What comes out of the arithmetic: results that each carry their reason in words and the records behind them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .records import NewLesion, NonTarget, Response

# Of two records on one date the worst counts, and NE loses to any.
WORST_FIRST: tuple[Response, ...] = ("PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE")


def worst(responses: Iterable[Response | None]) -> Response | None:
    """The response that counts of several on one date; None where there is none."""
    return min((response for response in responses if response), key=WORST_FIRST.index, default=None)


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """One assessment, evaluated. Sums in mm; changes in per cent of baseline and of the nadir before it.

    `sum` adds the lesions that were measured, also when `complete` is False. `target` is None where there was no target
    lesion at baseline. `derived` comes from the lesions, `overall` is the one that counts under the plan's response
    source. `date` is the one that CR, PR or SD carry; `pd_date` is set where `overall` is PD, `proven_on` is the day of
    its own finding, where that dates an earlier one. `non_target_back` says that non-target disease is there after
    everything had been gone.
    """

    ref: str
    date: datetime.date | None
    target: Response | None
    non_target: NonTarget | None
    new_lesion: NewLesion | None
    derived: Response
    investigator: Response | None
    overall: Response
    baseline_sum: Decimal | None
    nadir: Decimal | None
    sum: Decimal | None
    complete: bool
    change: Decimal | None
    nadir_change: Decimal | None
    reason: str
    pd_date: datetime.date | None = None
    proven_on: datetime.date | None = None
    non_target_back: bool = False
    refs: tuple[str, ...] = ()

    def assessed_on(self, start: datetime.date) -> datetime.date:
        """The day on which its response was known: of a progression that of its finding, else of the last procedure."""
        return self.proven_on or self.date or start


@dataclass(frozen=True, slots=True)
class BestResponse:
    """Best overall response. `assessed` is False where no assessment followed baseline: still a non-responder."""

    value: Response
    reason: str
    date: datetime.date | None = None
    assessed: bool = True
    refs: tuple[str, ...] = ()

    @property
    def responder(self) -> bool:
        return self.value in ("CR", "PR")


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes or no about a subject, with why."""

    value: bool
    reason: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """Days from the origin, first day counted as 1; `event` False means censored. `reason` is the short name of
    the source that decided, `words` a sentence for people."""

    days: int
    event: bool
    date: datetime.date
    reason: str
    words: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFinding:
    """Data that cannot be right: reported to be queried, never repaired. `code` is stable, `text` for people."""

    code: str
    text: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One sensitivity analysis of a subject; what it does not touch is None."""

    best: BestResponse | None = None
    benefit: Flag | None = None
    pfs: TimeToEvent | None = None


@dataclass(frozen=True, slots=True)
class SubjectOutcome:
    """All that the plan derives from one subject's records.

    `bor` is unconfirmed, `cbor` confirmed, `headline` the one of them that the plan puts first. `orr`, `dcr`, `cbr`
    follow the headline, and so do `dor` and `ttr`; beside them stand those of the unconfirmed response. Times count
    from `origin`; both are None for a subject who was never treated or, where the plan counts from there, randomised
    (of a response also for a non-responder). `new_therapy` is the first day of a
    new anticancer therapy, `response_ended` the same where it ends the assessment of response, `baseline_date` the day
    of the baseline that counts. `arm` is the code of the group that a list gave, "" where none did, `stratum` as
    the list calls it. `variants` holds the sensitivity analyses by name (see sensitivity.ANALYSES).
    """

    ref: str
    origin: datetime.date | None
    treatment_start: datetime.date | None
    baseline_ref: str | None
    baseline_sum: Decimal | None
    measurable: Flag
    assessments: tuple[AssessmentResult, ...]
    bor: BestResponse
    cbor: BestResponse
    headline: BestResponse
    orr: Flag
    dcr: Flag
    cbr: Flag
    cb_A: Flag
    cb_B: Flag
    pfs: TimeToEvent | None = None
    os: TimeToEvent | None = None
    dor: TimeToEvent | None = None
    ttr: TimeToEvent | None = None
    dor_unconfirmed: TimeToEvent | None = None
    ttr_unconfirmed: TimeToEvent | None = None
    follow_up: TimeToEvent | None = None
    death_date: datetime.date | None = None
    baseline_date: datetime.date | None = None
    treatment_end: datetime.date | None = None
    new_therapy: datetime.date | None = None
    new_therapy_ref: str = ""
    response_ended: datetime.date | None = None
    findings: tuple[DataFinding, ...] = ()
    variants: dict[str, Variant] = field(default_factory=dict)
    arm: str = ""
    stratum: str = ""

    def as_json(self) -> dict[str, Any]:
        """The whole outcome as JSON-ready values: dates as ISO text, decimals as text so that they stay exact."""
        plain: dict[str, Any] = _plain(self)
        return plain


@lru_cache(maxsize=32)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    kind: Any = type(value)
    return {name: _plain(getattr(value, name)) for name in _names(kind)}
