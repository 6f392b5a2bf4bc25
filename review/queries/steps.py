"""The steps that people take at a query, as pages and the API name them."""

from dataclasses import dataclass

from accounts.access import Access
from review.models import Origin, Query
from review.services import ANSWER, ASSIGN, CANCEL, CLOSE, REOPEN, Step


@dataclass(frozen=True)
class NamedStep:
    """`button` is the verb, `past` what was done, `said` what the user is told of one query."""

    step: Step
    button: str
    past: str
    said: str


STEPS = {
    "answer": NamedStep(ANSWER, "Answer", "answered", "Answered."),
    "close": NamedStep(CLOSE, "Close", "closed", "Closed."),
    "reopen": NamedStep(REOPEN, "Re-open", "re-opened", "Open again."),
    "cancel": NamedStep(CANCEL, "Cancel", "cancelled", "Cancelled."),
}
# At many queries at once they are assigned too.
ALL_STEPS = STEPS | {"assign": NamedStep(ASSIGN, "Assign", "assigned", "Assigned.")}


def steps_open_to(access: Access, query: Query) -> list[dict[str, str]]:
    """What this user may do with the query as it is."""
    return [
        {"step": name, "button": one.button}
        for name, one in STEPS.items()
        if query.state in one.step.of
        and not (one.step.manual_only and query.origin == Origin.SYSTEM)
        and access.can(one.step.right, query.subject.site_id)
    ]
