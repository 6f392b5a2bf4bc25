"""How old the queries of each site are, and how fast they were answered and closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.access import Access
from accounts.models import Site
from accounts.roles import Permission
from values.shown import half_up

DAY = 86400.0


@dataclass(frozen=True)
class Bucket:
    """Whole days since the opening, from and to; `last` None has no end."""

    first: int
    last: int | None

    @property
    def key(self) -> str:
        return f"{self.first}-{'' if self.last is None else self.last}"

    @property
    def words(self) -> str:
        return f"{self.first} to {self.last}" if self.last is not None else f"more than {self.first - 1}"


BUCKETS = (Bucket(0, 7), Bucket(8, 14), Bucket(15, 30), Bucket(31, None))
STATES = ("open", "reopened", "answered", "closed", "cancelled")

# One pass over the queries and their first answers; percentiles by site and over all sites have no queryset.
AGEING = """
    WITH answer AS (
        SELECT query_id, min(at) AS at FROM review_querystep WHERE state = 'answered' GROUP BY query_id
    ), one AS (
        SELECT s.site_id, q.state, q.state IN ('open', 'answered') AS live, q.state = 'open' AND q.reopened AS reopened,
               floor(extract(epoch FROM %(now)s - q.opened_at) / 86400) AS days,
               CASE WHEN q.state <> 'cancelled' THEN extract(epoch FROM a.at - q.opened_at) END AS to_answer,
               CASE WHEN q.state = 'closed' THEN extract(epoch FROM q.changed_at - q.opened_at) END AS to_close
        FROM review_query q JOIN cohorts_subject s ON s.id = q.subject_id LEFT JOIN answer a ON a.query_id = q.id
        WHERE %(sites)s::bigint[] IS NULL OR s.site_id = ANY(%(sites)s::bigint[])
    )
    SELECT site_id,
           count(*) FILTER (WHERE live AND days <= 7), count(*) FILTER (WHERE live AND days BETWEEN 8 AND 14),
           count(*) FILTER (WHERE live AND days BETWEEN 15 AND 30), count(*) FILTER (WHERE live AND days > 30),
           count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE reopened),
           count(*) FILTER (WHERE state = 'answered'), count(*) FILTER (WHERE state = 'closed'),
           count(*) FILTER (WHERE state = 'cancelled'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY to_answer), percentile_cont(0.5) WITHIN GROUP (ORDER BY to_close)
    FROM one GROUP BY GROUPING SETS ((site_id), ())
"""


@dataclass(frozen=True)
class Ageing:
    """The queries of one site, or of all that the user sees (`site` None).

    `by_age` counts those not closed yet (open or answered) in the order of BUCKETS; `reopened` are among the open.
    The medians are days from the opening to the first answer, of all but the cancelled, and, of those closed, to the
    closing; None without any.
    """

    site: Site | None
    by_age: tuple[int, int, int, int]
    by_state: dict[str, int]
    days_to_answer: float | None
    days_to_close: float | None

    @property
    def live(self) -> int:
        return sum(self.by_age)

    @property
    def ages(self) -> list[tuple[Bucket, int]]:
        return list(zip(BUCKETS, self.by_age, strict=True))


def ageing(access: Access) -> list[Ageing]:
    """A line for each site of the user by code, also one without queries, and last the sum. Two statements."""
    site_ids = access.site_ids(Permission.VIEW_SUBJECTS)
    with connection.cursor() as cursor:
        cursor.execute(AGEING, {"sites": None if site_ids is None else sorted(site_ids), "now": timezone.now()})
        rows = {row[0]: row for row in cursor.fetchall()}
    sites = access.limit(Site.objects.order_by("code"), Permission.VIEW_SUBJECTS, site="pk")
    return [_line(site, rows.get(site.pk)) for site in sites] + [_line(None, rows.get(None))]


def _line(site: Site | None, row: Any) -> Ageing:
    row = row or (None, *[0] * 9, None, None)
    median = [None if seconds is None else float(half_up(float(seconds) / DAY, 1)) for seconds in row[10:]]
    return Ageing(site, row[1:5], dict(zip(STATES, row[5:10], strict=True)), *median)


HEADER = (
    *("site", "not_closed", "days_0_to_7", "days_8_to_14", "days_15_to_30", "days_more_than_30"),
    *STATES,
    *("median_days_to_answer", "median_days_to_close"),
)


def as_table(lines: list[Ageing]) -> Iterator[tuple[Any, ...]]:
    yield HEADER
    for line in lines:
        code = line.site.code if line.site else "all"
        medians = (line.days_to_answer, line.days_to_close)
        yield (
            code,
            line.live,
            *line.by_age,
            *line.by_state.values(),
            *("" if median is None else median for median in medians),
        )
