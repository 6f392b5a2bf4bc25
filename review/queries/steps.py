"""The steps that people take at a query, as pages and the API name them."""

from dataclasses import dataclass

from accounts.access import Access
from review.models import Origin, Query
from review.services import ANSWER, ASSIGN, CANCEL, CLOSE, COMMENT, REOPEN, QueryMove


@dataclass(frozen=True)
class NamedStep:
    """`button` is the verb, `past` what was done, `message` what the user is told of one query.

    One that `asks` has a page of its own, which says what it means before it is taken.
    """

    step: QueryMove
    button: str
    past: str
    message: str
    asks: str = ""

    @property
    def at_many(self) -> str:
        """The verb before "chosen" or "12 queries"."""
        return self.button.removesuffix(" query")


CANCELLING = "For a query that should not have been raised. Where the site has settled it, close it instead."
STEPS = {
    "answer": NamedStep(ANSWER, "Respond", "answered", "Answered."),
    "comment": NamedStep(COMMENT, "Comment", "commented on", "Your comment stands in the thread."),
    "close": NamedStep(CLOSE, "Close query", "closed", "Closed."),
    "reopen": NamedStep(REOPEN, "Re-open", "re-opened", "Open again."),
    "cancel": NamedStep(CANCEL, "Cancel query", "cancelled", "Cancelled.", CANCELLING),
}
# At many queries at once they are assigned too.
ALL_STEPS = STEPS | {"assign": NamedStep(ASSIGN, "Assign", "assigned", "Assigned.")}


def steps_open_to(access: Access, query: Query) -> list[dict[str, str]]:
    """What this user may do with the query as it is."""
    return [
        {"step": name, "button": named.button, "asks": named.asks}
        for name, named in STEPS.items()
        if query.state in named.step.of
        and not (named.step.manual_only and query.origin == Origin.SYSTEM)
        and any(access.can(right, query.subject.site_id) for right in named.step.rights)
    ]
