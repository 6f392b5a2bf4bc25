"""The subjects behind a number: each number of the endpoints page has a name, which stands in the link's address."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.http import Http404, QueryDict

from components.filtering import NoFilter, wanted_of
from endpoints.arithmetic.populations import CATEGORIES, CONTROLLED, NOT_ASSESSED, RESPONDERS, SENSITIVITY
from endpoints.reading import Selection
from protocol import current

PER_PAGE = 50

TIMES = {
    "pfs": "Progression-free survival",
    "os": "Overall survival",
    "dor": "Duration of response",
    "ttr": "Time to response",
    "dor_unconfirmed": "Duration of response, unconfirmed",
    "ttr_unconfirmed": "Time to response, unconfirmed",
    "follow_up": "Follow-up",
}
RATES = {"orr": "objective response", "dcr": "disease control", "cbr": "clinical benefit", "none": "no response"}
# A difference of rates counts everybody of both groups.
COMPARED_RATES = {f"{name}.all": "all" for name in ("orr", "dcr", "cbr")}
# By confirmed or not: where the row keeps the best response and the clinical benefit.
BEST = {"confirmed": ("cbor", "benefit"), "unconfirmed": ("bor", "benefit_unconfirmed")}


class Behind(NamedTuple):
    """What a number counts: in words, as a condition on outcomes, and where its reason and its days are kept; `by_arm`:
    of randomised groups, with the stratum of each subject."""

    title: str
    condition: Q
    reason: str
    days: str = ""
    by_arm: bool = False


def subjects(chosen: Selection, which: str) -> tuple[Behind, QuerySet[Any]]:
    """The outcomes behind the number of that name, each with `label`, `best`, `reason`, `days`, `stratum`. Http404 for
    an unknown one."""
    found = behind(which)
    outcomes = chosen.outcomes().filter(found.condition).select_related("subject__site").defer("derivation", "row")
    best = "row__cbor" if current().analysis.confirmation_required else "row__bor"
    return found, outcomes.annotate(
        best=Case(When(row__assessed=False, then=Value(NOT_ASSESSED)), default=KT(best), output_field=TextField()),
        reason=KT(found.reason),
        days=KT(found.days) if found.days else Value(""),
        stratum=KT("row__stratum"),
        label=F("subject__label"),
    ).order_by("subject__label")


def page_of_subjects(chosen: Selection, asked: QueryDict) -> dict[str, Any]:
    """The context of the page of them, for what its address asks."""
    wanted_of(NoFilter(asked), asked, beside=["which"])
    found, outcomes = subjects(chosen, asked.get("which", "all"))
    # the keys first: reading the reason out of a stored derivation costs more than finding the subject
    page = Paginator(outcomes.values_list("pk", flat=True), PER_PAGE).get_page(asked.get("page"))
    rows = outcomes.filter(pk__in=list(page.object_list))
    return {"chosen": chosen, "behind": found, "page": page, "rows": rows}


def behind(which: str) -> Behind:
    """The number of that name. Raises Http404 for an unknown one."""
    kind, _, rest = which.partition(".")
    if kind in BEST:
        return _response(kind, rest)
    if kind in TIMES:
        return _time(kind, rest)
    if kind == "sensitivity":
        return _sensitivity(*rest.rpartition(".")[::2])
    if kind in ("arm", "compared"):
        return _of_arms(kind, *rest.partition(".")[::2])
    if which == "all":
        return Behind("All subjects", Q(), "derivation__headline__reason")
    raise Http404


def _of_arms(kind: str, code: str, name: str) -> Behind:
    """A number of one randomised group; or of a comparison, whose subjects are those of the reference too."""
    protocol = current()
    reference = protocol.analysis.reference_arm
    if not protocol.is_randomised(code) or name.partition(".")[0] in ("arm", "compared", "sensitivity"):
        raise Http404
    codes = [code] if kind == "arm" else [code, reference]
    if None in codes or len(set(codes)) < len(codes):
        raise Http404
    inner = behind(COMPARED_RATES.get(name, name) if kind == "compared" else name)
    groups = " against ".join(protocol.cohort(each).label for each in codes if each)
    return inner._replace(
        title=f"{groups}: {inner.title}", condition=inner.condition & Q(row__arm__in=codes), by_arm=True
    )


def _response(kind: str, name: str) -> Behind:
    best, benefit = BEST[kind]
    reason = f"derivation__{best}__reason"
    if name in CATEGORIES:
        assessed = Q(row__assessed=name != NOT_ASSESSED)
        condition = assessed if name == NOT_ASSESSED else assessed & Q(**{f"row__{best}": name})
        return Behind(f"Best response, {kind}: {name}", condition, reason)
    if name not in RATES:
        raise Http404
    conditions = {
        "orr": Q(**{f"row__{best}__in": RESPONDERS}),
        "dcr": Q(**{f"row__{best}__in": CONTROLLED}),
        "cbr": Q(**{f"row__{benefit}": True}),
        "none": ~Q(**{f"row__{best}__in": RESPONDERS}),
    }
    title = f"{RATES[name].capitalize()}, {kind}"
    return Behind(title, conditions[name], "derivation__cbr__reason" if name == "cbr" else reason)


def _time(kind: str, name: str) -> Behind:
    # follow-up is survival with event and censoring exchanged
    column, happened = ("os", False) if kind == "follow_up" else (kind, True)
    path = f"row__{column}"
    there = ~Q(**{path: None})
    conditions = {
        "n": there,
        "events": there & Q(**{f"{path}__1": happened}),
        "censored": there & Q(**{f"{path}__1": not happened}),
    }
    if name not in conditions:
        raise Http404
    words = {"n": "all", "events": "with an event", "censored": "censored"}[name]
    return Behind(f"{TIMES[kind]}: {words}", conditions[name], f"derivation__{kind}__words", f"{path}__0")


def _sensitivity(name: str, result: str) -> Behind:
    if name not in SENSITIVITY or result not in ("orr", "cbr", "pfs"):
        raise Http404
    if result == "cbr":
        benefit = Q(**{f"row__variants__{name}__1": True})
        return Behind(
            f"{SENSITIVITY[name]}: clinical benefit", benefit, f"derivation__variants__{name}__benefit__reason"
        )
    if result == "orr":
        condition = Q(**{f"row__variants__{name}__0__in": RESPONDERS})
        return Behind(f"{SENSITIVITY[name]}: response", condition, f"derivation__variants__{name}__best__reason")
    path = f"row__variants__{name}__2"
    words = f"derivation__variants__{name}__pfs__words"
    return Behind(f"{SENSITIVITY[name]}: events", Q(**{f"{path}__1": True}), words, f"{path}__0")
