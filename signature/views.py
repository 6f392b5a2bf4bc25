"""Pages of freezing and locking: one for each place, and the list of what is shut where."""

from functools import partial

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.forms import ReasonForm
from accounts.models import Site
from accounts.roles import Permission
from cohorts.asking import ask
from components.filtering import refuse_parameters
from components.pages import posted, require_get_or_post
from signature.closing import covering, reopen, shut
from signature.forms import ShutForm
from signature.models import Closure, ClosureState, Scope
from signature.places import RIGHT_TO, back_of, load_reach, turn_url, words_of
from signature.preflight import open_work
from signature.reading import before_it, closures_for, placed_words

# (verb, state, whether it shuts)
TURNS = {
    "freeze": ("Freeze", ClosureState.FROZEN, True),
    "unfreeze": ("Unfreeze", ClosureState.FROZEN, False),
    "lock": ("Lock", ClosureState.LOCKED, True),
    "unlock": ("Unlock", ClosureState.LOCKED, False),
}
WHY = {
    "freeze": "No entries from then on, by any channel; queries can still be answered.",
    "unfreeze": "It can be changed again, each change with a reason.",
    "lock": "Nobody changes anything from then on, by any channel, until it is unlocked: no entries, no queries.",
    "unlock": "It can be changed again, each change with a reason.",
}
SAID = {"freeze": "Frozen.", "unfreeze": "No longer frozen.", "lock": "Locked.", "unlock": "Unlocked."}


@require_safe
def closure(request: SignedInRequest, scope: str, pk: int | None = None) -> HttpResponse:
    """What a place is shut by, and what the user may do about it."""
    reach = load_reach(request.access, Permission.FREEZE, Scope(scope), pk)
    live = list(covering(reach).order_by("id"))
    states = {other_closure.state for other_closure in live if other_closure.scope == reach.scope}
    site = reach.site.pk if reach.site else None
    may = [
        (verb, turn_url(reach, turn))
        for turn, (verb, state, shuts) in TURNS.items()
        if request.access.can(RIGHT_TO[state], site) and (state in states) != shuts
    ]
    context = {
        "reach": reach,
        "words": words_of(reach),
        "live": live,
        "may": may,
        "open_work": open_work(reach, request.access),
        "is_shut": bool(live),
    }
    return render(request, "signature/closure.html", context | {"back": back_of(reach)})


@require_get_or_post
def closure_turn(request: SignedInRequest, scope: str, turn: str, pk: int | None = None) -> HttpResponse:
    """Says first what is open there still; a lock asks whether it is meant anyway, a freeze lets queries go on."""
    verb, state, shuts = TURNS[turn]
    reach = load_reach(request.access, RIGHT_TO[state], Scope(scope), pk)
    by = request.access.actor(reach.site.pk if reach.site else None, permission=RIGHT_TO[state])
    still_open = open_work(reach, request.access) if shuts else None
    confirmed = still_open if state == ClosureState.LOCKED else None
    return ask(
        request,
        ShutForm(posted(request), confirmed) if shuts else ReasonForm(posted(request)),
        partial(shut if shuts else reopen, reach=reach, state=state, by=by),
        title=f"{verb} this {reach.scope.label.lower()}?",
        button=verb,
        back=back_of(reach),
        message=SAID[turn],
        template="signature/turn.html",
        why=f"{words_of(reach)}. {WHY[turn]}",
        subject=reach.subject,
        open_work=still_open,
    )


@require_safe
def closure_list(request: SignedInRequest) -> HttpResponse:
    """What is shut where, newest first, and the sites with the ways to shut them."""
    request.access.require(Permission.VIEW_SUBJECTS)
    refuse_parameters(request.GET)
    closures = closures_for(request.access, Permission.VIEW_SUBJECTS).filter(reopened_at=None)
    page = Paginator(closures, 50).get_page(request.GET.get("page"))
    sites = request.access.limit(Site.objects.order_by("code"), Permission.VIEW_SUBJECTS, site="pk")
    shut_now = Closure.objects.filter(Q(scope=Scope.SITE) | Q(scope=Scope.TRIAL), reopened_at=None)
    states: dict[int | None, list[Closure]] = {}
    for live_closure in shut_now:
        states.setdefault(live_closure.site_id, []).append(live_closure)
    of_trial = states.get(None, [])
    context = {
        "page": page,
        "closures": [(live_closure, placed_words(live_closure), before_it(live_closure)) for live_closure in page],
        "may_see_trail": request.access.can(Permission.VIEW_TRAIL),
        "sites": [(site, [*states.get(site.pk, []), *of_trial]) for site in sites],
        "trial": sorted({live_closure.state for live_closure in of_trial}),
        "whole": request.access.site_ids(Permission.FREEZE) is None,
        "may_shut": request.access.can(Permission.FREEZE),
        "may_see_signatures": request.access.can(Permission.VIEW_SIGNATURES),
    }
    return render(request, "signature/closure_list.html", context)
