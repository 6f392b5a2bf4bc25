"""Which form stands where: at the visits that the protocol asks for it, else where it was filled."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from django.utils import timezone

from assessments.catalogue import CATALOGUE, LEADING
from assessments.visits.applicable import applies_to_subject
from cohorts.following import judging
from cohorts.models import Visit
from protocol import current
from protocol.forms import ONCE_A_SUBJECT
from protocol.visits import CycleVisit


class Filled(Protocol):
    """A form that is there, as a header or as a cell of a list."""

    @property
    def code(self) -> str: ...

    @property
    def visit_id(self) -> int | None: ...


F = TypeVar("F", bound=Filled)


def leads(code: str, kind: str) -> bool:
    """Whether such a form says on which day a visit of this kind took place, whatever its other forms say; where the
    protocol has no leading form, each that can."""
    leading = LEADING.get(kind, code)
    return code == leading or (leading not in current().forms() and tells_the_day(code, kind))


def tells_the_day(code: str, kind: str) -> bool:
    """Whether such a form can say on which day a visit of this kind took place. One that leads visits of another kind
    cannot: a scan on the way to a day of a cycle gave no drug, and the next visits are not counted from it."""
    of_kind = CATALOGUE[code].leads
    return bool(CATALOGUE[code].date_item) and (kind not in LEADING or of_kind in ("", kind))


def forms_due(visit: Visit) -> Sequence[str]:
    """The forms that the version which the visit stands under asks for at it, of whomever (see
    assessments.visits.applicable); none at an unscheduled one."""
    for plan in judging(visit.protocol_id).visits:
        if plan.kind == visit.kind:
            code = f"C{visit.cycle}{plan.code}" if plan.kind in ("cycle", "dlt") else plan.code
            numbered = plan.kind in ("tumour", "follow_up") and visit.code.startswith(code)
            if visit.code == code or numbered:
                return plan.forms_in(visit.cycle or 1) if isinstance(plan, CycleVisit) else plan.forms
    return ()


def due_at(visit: Visit, spared: Collection[str], planned: Callable[[Visit], Sequence[str]] | None = None) -> list[str]:
    """The forms due at a visit of a subject of whom these are not asked. `planned` stands in for `forms_due`, where
    thousands of visits are of some eighty kinds. In SQL: assessments.visits.due."""
    return [code for code in (planned or forms_due)(visit) if code not in spared]


def day_of(visit: Visit | None) -> date | None:
    """The day of a visit, that was or is to be, today at the latest: what came later was not known then. None without
    one."""
    on = visit and (visit.visit_date or visit.target_date)
    return min(on, timezone.localdate()) if on else None


def cycle_day(code: str) -> int | None:
    """The day of its cycle on which the version that judges plans a visit of this code (C3D22); None of one on no such
    day."""
    plans = (plan for plan in current().visits if isinstance(plan, CycleVisit))
    return next((plan.day for plan in plans if re.fullmatch(rf"C\d+{re.escape(plan.code)}", code)), None)


def cycle_of(code: str) -> int | None:
    """The cycle of a visit of this code (3 of C3D22); None of one in no cycle."""
    cycle = re.match(r"C(\d+)", code)
    return int(cycle[1]) if cycle else None


def is_asked_for(code: str, visit: Visit | None) -> bool:
    """Whether the protocol asks for such a form there: not for an entry of a log, nor at an unscheduled visit."""
    if code in ONCE_A_SUBJECT:
        return code not in current().log_forms
    return visit is not None and code in forms_due(visit) and applies_to_subject(code, visit.subject_id)


def placed(
    visits: Iterable[Visit], forms: Iterable[F], asked_at: Callable[[Visit], Sequence[str]] = forms_due
) -> tuple[list[tuple[Visit, list[tuple[str, F | None]]]], list[F]]:
    """Each visit with (code, form or None) of what is asked for or filled there; and the forms that stand at none.

    A form filled once a subject stands where the protocol asks for it, wherever it was filled.
    """
    once: dict[str, F] = {}
    at_visit: dict[int | None, dict[str, F]] = defaultdict(dict)
    loose: list[F] = []
    for form in forms:
        if form.code in ONCE_A_SUBJECT:
            once[form.code] = form
        if form.visit_id is None:
            loose.append(form)
        else:
            at_visit[form.visit_id][form.code] = form
    in_place, seen = [], set()
    for visit in visits:
        here = dict(at_visit[visit.pk])
        cells = [(code, here.pop(code, None) or once.get(code)) for code in asked_at(visit)]
        seen |= {id(form) for _, form in cells}
        in_place.append((visit, [*cells, *here.items()]))
    return in_place, [form for form in loose if id(form) not in seen]
