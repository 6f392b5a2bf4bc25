"""Forms that the protocol asks for at a visit that is past, and that nobody has begun or marked as not done.

Where a visit is frozen or locked, as signature.shut says it, nobody can: those are counted where they are asked for.
"""

from datetime import date

from django.db import connection

from assessments.visits.asked import asked_now
from assessments.visits.due import DUE, parameters_of_due

# A visit is past once it took place, something was filled at it, or its window closed.
NEVER_BEGUN = """
    SELECT coalesce(sum((SELECT count(*) FROM unnest(forms) AS f(form) WHERE form <> ALL(there))), 0)
    FROM due
    WHERE (visit_date IS NOT NULL OR window_to < %(today)s::date OR used)
      AND (%(shut)s::boolean IS NULL OR shut = %(shut)s::boolean)
"""


def never_begun(
    *,
    today: date,
    sites: frozenset[int] | None = None,
    subject: int | None = None,
    visit: int | None = None,
    shut: bool | None = None,
) -> int:
    """How many, at these sites (None is all), of this subject, at this visit. In two statements.

    `shut` False counts those that can be begun, True those that cannot, because their place is frozen or locked.
    """
    parameters = parameters_of_due(asked_now(), sites=sites, subject=subject, visit=visit)
    with connection.cursor() as cursor:
        cursor.execute(DUE + NEVER_BEGUN, parameters | {"shut": shut, "today": today})
        return int(cursor.fetchone()[0])
