"""The subjects behind a number: each number of the endpoints page has a name, which stands in the link's address."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.http import Http404, QueryDict

from components.filtering import NoFilter, wanted_of
from endpoints.arithmetic.populations import CATEGORIES, NOT_ASSESSED
from endpoints.arithmetic.results import COUNTED_OF_A_TIME, RATE, RESPONDERS, TIME, RateEndpoint
from endpoints.arithmetic.sensitivity import ANALYSES
from endpoints.reading import Selection
from protocol import current

PER_PAGE = 50

# No response is no rate, but a number of the table of rates leads to it.
NO_RESPONSE = "none"
# A difference of rates counts everybody of both groups.
COMPARED_RATES = {f"{code}.all": "all" for code in RATE}
# By confirmed or not: where the row keeps the best response.
BEST = {"confirmed": "cbor", "unconfirmed": "bor"}


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
    members = behind(which)
    outcomes = chosen.outcomes().filter(members.condition).select_related("subject__site").defer("derivation", "row")
    best = "row__cbor" if current().analysis.confirmation_required else "row__bor"
    return members, outcomes.annotate(
        best=Case(When(row__assessed=False, then=Value(NOT_ASSESSED)), default=KT(best), output_field=TextField()),
        reason=KT(members.reason),
        days=KT(members.days) if members.days else Value(""),
        stratum=KT("row__stratum"),
        label=F("subject__label"),
    ).order_by("subject__label")


def page_of_subjects(chosen: Selection, parameters: QueryDict) -> dict[str, Any]:
    """The context of the page of them, for what its address asks."""
    wanted_of(NoFilter(parameters), parameters, beside=["which"])
    listed, outcomes = subjects(chosen, parameters.get("which", "all"))
    # the keys first: reading the reason out of a stored derivation costs more than finding the subject
    page = Paginator(outcomes.values_list("pk", flat=True), PER_PAGE).get_page(parameters.get("page"))
    rows = outcomes.filter(pk__in=list(page.object_list))
    return {"chosen": chosen, "behind": listed, "page": page, "rows": rows}


def behind(which: str) -> Behind:
    """The number of that name. Raises Http404 for an unknown one."""
    kind, _, rest = which.partition(".")
    if kind in BEST:
        return _response(kind, rest)
    if kind in TIME:
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
    best = BEST[kind]
    reason = f"derivation__{best}__reason"
    if name in CATEGORIES:
        assessed = Q(row__assessed=name != NOT_ASSESSED)
        condition = assessed if name == NOT_ASSESSED else assessed & Q(**{f"row__{best}": name})
        return Behind(f"Best response, {kind}: {name}", condition, reason)
    if name == NO_RESPONSE:
        return Behind(f"No response, {kind}", ~Q(**{f"row__{best}__in": RESPONDERS}), reason)
    if name not in RATE:
        raise Http404
    return _rate(RATE[name], kind, reason)


def _rate(rate: RateEndpoint, kind: str, reason: str) -> Behind:
    """Who counts for a rate: by the best response, whose reason is then the rate's; or by a flag of the row."""
    title = f"{rate.having}, {kind}"
    if rate.best:
        return Behind(title, Q(**{f"row__{BEST[kind]}__in": rate.best}), reason)
    return Behind(title, Q(**{f"row__{rate.column(kind)}": True}), f"derivation__{rate.code}__reason")


def _time(kind: str, name: str) -> Behind:
    time = TIME[kind]
    path, happened = f"row__{time.column}", not time.reverses
    # a row of an earlier release has no such time, nor null in its place
    has_it = Q(**{f"{path}__isnull": False}) & ~Q(**{path: None})
    conditions = {
        "n": has_it,
        "events": has_it & Q(**{f"{path}__1": happened}),
        "censored": has_it & Q(**{f"{path}__1": not happened}),
    }
    if name not in conditions:
        raise Http404
    return Behind(
        f"{time.label}: {COUNTED_OF_A_TIME[name]}", conditions[name], f"derivation__{kind}__words", f"{path}__0"
    )


def _sensitivity(name: str, result: str) -> Behind:
    if name not in ANALYSES or result not in ("orr", "cbr", "pfs"):
        raise Http404
    title = ANALYSES[name].title
    if result == "cbr":
        benefit = Q(**{f"row__variants__{name}__1": True})
        return Behind(f"{title}: clinical benefit", benefit, f"derivation__variants__{name}__benefit__reason")
    if result == "orr":
        condition = Q(**{f"row__variants__{name}__0__in": RESPONDERS})
        return Behind(f"{title}: response", condition, f"derivation__variants__{name}__best__reason")
    path = f"row__variants__{name}__2"
    words = f"derivation__variants__{name}__pfs__words"
    return Behind(f"{title}: events", Q(**{f"{path}__1": True}), words, f"{path}__0")
