"""What waits at a user's sites: visits due and overdue, forms missing, drafts left, subjects not heard of.

Read by one statement whatever the number of subjects, of which a page takes its rows. What a visit asks for is the
protocol's matter and is handed in (assessments.visits.asked).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, get_args

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.visits.asked import Asked, asked_now
from assessments.visits.due import DUE, parameters_of_due
from assessments.visits.missed import MISSABLE
from protocol.design import add_months

List = Literal["due", "overdue", "missing", "drafts", "silent"]
LISTS: tuple[List, ...] = get_args(List)
LABELS: dict[str, str] = {
    "due": "Due this week",
    "overdue": "Overdue",
    "missing": "Missing forms",
    "drafts": "Drafts",
    "silent": "No contact",
}
LISTED = list(LABELS.items())
WEEK = timedelta(6)
# Months without a contact after which a subject is looked for.
SILENT_MONTHS = 3

# Plain SQL: the lists are unions over tables that no queryset joins. What is `shut` is kept to be counted.
WORK = """
    , waiting AS (
        SELECT * FROM due WHERE window_from IS NULL OR window_from <= %(soon)s::date
    ), work AS (
        SELECT CASE WHEN kind = 'screening' AND coalesce(window_to >= %(today)s::date, true) THEN 'due'
                    WHEN visit_date IS NOT NULL OR begun THEN 'missing'
                    WHEN window_to < %(today)s::date THEN 'overdue' ELSE 'due' END AS list,
               site_id, site, subject_id, subject, visit_id, visit, kind, window_from, window_to, visit_date AS seen_on,
               forms, there, drafts, NULL::bigint AS form_id, shut
        FROM waiting WHERE NOT forms <@ there OR forms && drafts
        UNION ALL
        SELECT 'drafts', s.site_id, s.site, s.id, s.label, v.id, coalesce(v.label, ''), v.kind, NULL, NULL,
               v.visit_date, ARRAY[f.code::text], ARRAY[f.code::text], ARRAY[f.code::text], f.id,
               s.shut OR f.locked_at IS NOT NULL OR f.frozen_at IS NOT NULL
        FROM assessments_caseform f JOIN subject s ON s.id = f.subject_id LEFT JOIN cohorts_visit v ON v.id = f.visit_id
        WHERE f.state = 'draft'
        UNION ALL
        SELECT 'silent', q.site_id, q.site, q.id, q.label, NULL, '', NULL, NULL, NULL, q.seen_on, '{}', '{}', '{}',
               NULL, q.shut
        FROM (
            -- The last contact is that of the analysis, where one is derived: the day last known alive.
            SELECT q.*, greatest(q.visited, (o.derivation -> 'os' ->> 'date')::date) AS seen_on
            FROM (
                SELECT s.site_id, s.site, s.id, s.label, s.shut, max(v.visit_date) AS visited
                FROM subject s JOIN cohorts_visit v ON v.subject_id = s.id
                WHERE s.status IN ('enrolled', 'on_treatment', 'follow_up') AND NOT v.in_error
                GROUP BY s.site_id, s.site, s.id, s.label, s.shut
                HAVING max(v.visit_date) < %(silent_since)s::date
            ) q
            LEFT JOIN endpoints_outcome o ON o.subject_id = q.id
        ) q
        WHERE q.seen_on < %(silent_since)s::date
    )
"""
ROWS = """
    SELECT list, site_id, site, subject_id, subject, visit_id, visit, kind, window_from, window_to, seen_on,
           ARRAY(SELECT form FROM unnest(forms) WITH ORDINALITY AS f(form, place)
                 WHERE form <> ALL(there) ORDER BY place),
           ARRAY(SELECT form FROM unnest(forms) WITH ORDINALITY AS f(form, place)
                 WHERE form = ANY(drafts) ORDER BY place),
           form_id
    FROM work WHERE list = %(list)s::text AND NOT shut
    ORDER BY coalesce(window_to, seen_on) NULLS LAST, subject, visit_id, form_id
    OFFSET %(first)s::bigint LIMIT %(number)s::bigint
"""
COUNTS = "SELECT site_id, list, count(*) FROM work WHERE NOT shut GROUP BY site_id, list"
# The numbers of all lists and one page of one of them, read at once: what waits is then gathered once for both. The
# list is the first of `begin` in which anything waits; a page past the last is the last.
PAGE = """,
    counted AS (
        SELECT list, count(*) FILTER (WHERE NOT shut) AS number, count(*) FILTER (WHERE shut) AS left_undone
        FROM work GROUP BY list
    ),
    chosen AS (
        SELECT c.list, coalesce(n.number, 0) AS number
        FROM unnest(%(begin)s::text[]) WITH ORDINALITY AS c(list, place) LEFT JOIN counted n USING (list)
        ORDER BY coalesce(n.number, 0) = 0, c.place LIMIT 1
    ),
    part AS (
        SELECT w.*, row_number() OVER (
            ORDER BY coalesce(window_to, seen_on) NULLS LAST, subject, visit_id, form_id
        ) AS place
        FROM work w WHERE w.list = (SELECT list FROM chosen) AND NOT w.shut
        ORDER BY place
        OFFSET (SELECT greatest(0, least(%(page)s::bigint - 1, (number - 1) / %(size)s::bigint)) * %(size)s::bigint
                FROM chosen)
        LIMIT %(size)s::bigint
    )
    SELECT (SELECT jsonb_object_agg(list, jsonb_build_array(number, left_undone)) FROM counted)::text, chosen.list,
           part.list, site_id, site, subject_id, subject, visit_id, visit, kind, window_from, window_to, seen_on,
           ARRAY(SELECT form FROM unnest(forms) WITH ORDINALITY AS f(form, nth) WHERE form <> ALL(there) ORDER BY nth),
           ARRAY(SELECT form FROM unnest(forms) WITH ORDINALITY AS f(form, nth) WHERE form = ANY(drafts) ORDER BY nth),
           form_id
    FROM chosen LEFT JOIN part ON true ORDER BY part.place
"""
# Where nobody says which list, the one that presses most.
BEGIN: tuple[List, ...] = ("overdue", "due", "missing")


@dataclass(frozen=True, slots=True)
class FormWaiting:
    """A form that nobody has begun, or that is a draft."""

    code: str
    is_draft: bool
    url: str

    @property
    def title(self) -> str:
        return CATALOGUE[self.code].title


@dataclass(frozen=True, slots=True)
class Work:
    """One line of a list. `seen_on` is the day of the visit, of a silent subject the day of the last contact."""

    list: str
    site_id: int
    site: str
    subject_id: int
    subject: str
    visit_id: int | None
    visit: str
    kind: str | None
    window_from: date | None
    window_to: date | None
    seen_on: date | None
    missing: list[str]
    drafts: list[str]
    form_id: int | None
    today: date

    @property
    def forms(self) -> list[FormWaiting]:
        return [self._form(code, False) for code in self.missing] + [self._form(code, True) for code in self.drafts]

    def _form(self, code: str, is_draft: bool) -> FormWaiting:
        if self.form_id is not None:
            return FormWaiting(code, is_draft, reverse("form", args=[self.form_id]))
        # Where the form is there already, this address leads on to it.
        address = reverse("form_add", args=[self.subject_id, code])
        return FormWaiting(code, is_draft, f"{address}?visit={self.visit_id}")

    @property
    def missable(self) -> bool:
        return self.list == "overdue" and self.kind in MISSABLE

    @property
    def days(self) -> int | None:
        """Days until the window closes; of what is late, since it closed, since the visit, since the last contact."""
        if self.list == "due":
            return (self.window_to - self.today).days if self.window_to else None
        since = self.window_to if self.list == "overdue" else self.seen_on
        return (self.today - since).days if since else None


@dataclass(frozen=True)
class WorklistPart:
    """A page of the list `name`. `counts` are the lines of each list, `left_undone` those that it would have and that
    are no work, because their place is frozen or locked."""

    counts: dict[str, int]
    left_undone: dict[str, int]
    name: str
    rows: list[Work]


@dataclass(frozen=True)
class Worklists:
    """The lists of some sites (None is all of them), as they stand on a day. What is frozen or locked is no work."""

    site_ids: frozenset[int] | None
    today: date
    q: str = ""
    asked: Asked = field(default_factory=asked_now)

    def counts_by_site(self) -> dict[int, dict[str, int]]:
        """The number of lines of each list at each site where anything waits. One statement."""
        counts: dict[int, dict[str, int]] = {}
        for site_id, name, number in self._read(COUNTS):
            counts.setdefault(site_id, {})[name] = number
        return counts

    def counts(self) -> dict[str, int]:
        by_site = self.counts_by_site().values()
        return {name: sum(of_site.get(name, 0) for of_site in by_site) for name in LISTS}

    def rows(self, name: str) -> "WorkRows":
        return WorkRows(self, name, self.counts()[name])

    def part(self, name: str, first: int, last: int) -> list[Work]:
        rows = self._read(ROWS, list=name, first=first, number=last - first)
        return [Work(*row, today=self.today) for row in rows]

    def page(self, name: str, number: int, size: int) -> "WorklistPart":
        """The page `number` of `size` lines of a list, with the numbers of all of them. One statement.

        Without a `name`, the list that presses most; a page past the last is the last.
        """
        listed = self._read(PAGE, begin=[name] if name else list(BEGIN), page=number, size=size)
        counts = json.loads(listed[0][0] or "{}")
        rows = [Work(*row[2:], today=self.today) for row in listed if row[2] is not None]
        both = {list_name: counts.get(list_name, (0, 0)) for list_name in LISTS}
        return WorklistPart(
            {list_name: open_ for list_name, (open_, _) in both.items()},
            {list_name: shut for list_name, (_, shut) in both.items()},
            listed[0][1] if rows else name or "due",
            rows,
        )

    def _read(self, what: str, **more: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(DUE + WORK + what, self._parameters | more)
            return cursor.fetchall()

    @property
    def _parameters(self) -> dict[str, Any]:
        return parameters_of_due(self.asked, sites=self.site_ids, q=self.q.strip()) | {
            "today": self.today,
            "soon": self.today + WEEK,
            "silent_since": add_months(self.today, -SILENT_MONTHS),
        }


@dataclass(frozen=True)
class WorkRows:
    """One list, of which a paginator takes its pages; `read` is the one that it will ask for, where it is known."""

    lists: Worklists
    name: str
    number: int
    read: list[Work] | None = None

    def count(self) -> int:
        return self.number

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, part: slice) -> list[Work]:
        if self.read is not None:
            return self.read
        return self.lists.part(self.name, part.start or 0, self.number if part.stop is None else part.stop)


def worklists(access: Access, filters: Mapping[str, Any]) -> Worklists:
    """The lists of the sites that the user sees and asked for: `site`, `q` in the subject's number."""
    site_ids = access.site_ids(Permission.VIEW_SUBJECTS)
    if filters.get("site"):
        site_ids = frozenset({filters["site"].pk})
    return Worklists(site_ids, timezone.localdate(), filters.get("q") or "")
