"""The same step at many queries. Each is its own step, by the right that the user has at that query's site."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.actor import Actor, about_to_act, acting
from review.models import Query, QueryStep
from review.queries.assignees import Assignee, Assignees
from review.services import (
    ASSIGN,
    COMMENT,
    REOPEN,
    NotAllowed,
    QueryMove,
    Question,
    asked_again,
    assignment_step,
    hold_forms,
    obstacle,
    raise_all,
)

# At once; more are told to narrow the filter.
MOST = 2000
# The user in the role that may do it at a site; None where none of the user's roles may.
Acting = Callable[[int], Actor | None]


@dataclass
class SortedQueries:
    """Queries at which a step is open, and those left out with the reason."""

    fitting: list[Query] = field(default_factory=list)
    left_out: list[tuple[Query, str]] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[str, list[Query]]]:
        """(reason, queries left out for it)."""
        by_reason: dict[str, list[Query]] = {}
        for query, why in self.left_out:
            by_reason.setdefault(why, []).append(query)
        return list(by_reason.items())


def sorted_out(queries: QuerySet[Query], step: QueryMove, by: Acting, to: str = "") -> SortedQueries:
    """What the step would do to these, without doing it. `to` names who is to be assigned."""
    with transaction.atomic():
        return _sorted(list(queries.select_related("subject").order_by("pk")), step, by, to)


def step_at_once(*, queries: QuerySet[Query], step: QueryMove, text: str, by: Acting, to: str = "") -> SortedQueries:
    """Take the step at each query where it is open, in one transaction; the others are left out and told.

    Raises NotAllowed for more than MOST.
    """
    with about_to_act():
        keys = list(queries.order_by().values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            raise NotAllowed(f"At most {MOST:,} queries at once: narrow the filter.")
        # Forms before queries, both by their keys, as every save takes them.
        hold_forms(Query.objects.filter(pk__in=keys).values_list("case_form", flat=True))
        held = Query.objects.select_for_update(of=("self",)).select_related("subject").filter(pk__in=keys)
        outcome = _sorted(list(held.order_by("pk")), step, by, to)
        for site_id, of_site in _by_site(outcome.fitting):
            actor = by(site_id)
            assert actor is not None
            with acting(actor):
                if step is ASSIGN:
                    _assign(of_site, text, to, site_id, actor)
                else:
                    _take(of_site, step, text, actor)
    return outcome


def raise_at_once(*, questions: Iterable[Question], site_of: Callable[[Question], int], by: Acting) -> int:
    """All questions or, where one is refused, none. Returns how many. Raises NotAllowed."""
    number = 0
    with transaction.atomic():
        for site_id, of_site in groupby(sorted(questions, key=site_of), key=site_of):
            actor = by(site_id)
            if actor is None:
                raise NotAllowed("You may not raise queries at one of these sites.")
            number += len(raise_all(questions=list(of_site), by=actor))
    return number


def _sorted(queries: list[Query], step: QueryMove, by: Acting, to: str) -> SortedQueries:
    locked = hold_forms(query.case_form_id for query in queries)
    repeated, people = asked_again(queries, step), Assignees({query.subject.site_id for query in queries})
    may = {site_id: by(site_id) is not None for site_id in {query.subject.site_id for query in queries}}
    outcome = SortedQueries()
    for query in queries:
        site_id = query.subject.site_id
        why = "" if may[site_id] else "You may not do this at its site."
        why = why or obstacle(query, step, locked, repeated)
        if not why and step is ASSIGN and people.named(to, site_id) is None:
            why = "The person has no part in the queries of its site."
        if why:
            outcome.left_out.append((query, why))
        else:
            outcome.fitting.append(query)
    return outcome


def _take(queries: list[Query], step: QueryMove, text: str, by: Actor) -> None:
    reopened = True if step is REOPEN else F("reopened")
    which = Query.objects.filter(pk__in=[query.pk for query in queries])
    which.update(**{"state": step.to} if step.to else {}, reopened=reopened, changed_at=timezone.now())
    QueryStep.objects.bulk_create(
        QueryStep(
            query=query,
            subject=query.subject,
            actor_name=by.name,
            role=by.role,
            state=step.to or query.state,
            is_comment=step is COMMENT,
            text=text,
        )
        for query in queries
    )


def _assign(queries: list[Query], text: str, to: str, site_id: int, by: Actor) -> None:
    assignee = Assignees([site_id]).named(to, site_id)
    assert isinstance(assignee, Assignee)
    which = Query.objects.filter(pk__in=[query.pk for query in queries])
    which.update(assigned_to=assignee.user_id, assigned_role=assignee.role, changed_at=timezone.now())
    QueryStep.objects.bulk_create(assignment_step(query, assignee, text, by) for query in queries)


def _by_site(queries: list[Query]) -> Iterator[tuple[int, list[Query]]]:
    def site(query: Query) -> int:
        return query.subject.site_id

    for site_id, at_site in groupby(sorted(queries, key=site), key=site):
        yield site_id, list(at_site)
