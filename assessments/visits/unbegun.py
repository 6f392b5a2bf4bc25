"""Forms that the protocol asks for at a visit that is past, and that nobody has begun or marked as not done.

Where a visit is frozen or locked, as signature.shut says it, nobody can: those are counted where they are asked for.
"""

from datetime import date

from django.db import connection

from assessments.sequence import AFTER_WITHDRAWAL
from assessments.visits.applicable import NOT_APPLICABLE, rules
from assessments.visits.asked import asked_now
from protocol.forms import ONCE_A_SUBJECT

# A visit is past once it took place, something was filled at it, or its window closed. What is asked for is the
# protocol's matter and is handed in, as in worklists.reading, whose lists say the same of each visit.
NEVER_BEGUN = """
    asked AS (
        SELECT version, code, form
        FROM unnest(%(versions)s::bigint[], %(visits)s::text[], %(forms)s::text[]) AS a(version, code, form)
    ), closed AS (
        SELECT place FROM signature_closure WHERE reopened_at IS NULL AND scope <> 'form'
    ), past AS (
        SELECT v.id, v.code, coalesce(v.protocol_id, 0) AS version, v.subject_id, s.status
        FROM cohorts_visit v JOIN cohorts_subject s ON s.id = v.subject_id
        WHERE s.status <> 'screen_failure'
          AND (%(sites)s::bigint[] IS NULL OR s.site_id = ANY(%(sites)s::bigint[]))
          AND (%(subject)s::bigint IS NULL OR s.id = %(subject)s::bigint)
          AND (%(visit)s::bigint IS NULL OR v.id = %(visit)s::bigint)
          AND NOT v.in_error
          AND (%(shut)s::boolean IS NULL OR %(shut)s::boolean = (
              EXISTS (SELECT 1 FROM closed WHERE place = 'trial') OR 'site:' || s.site_id IN (SELECT place FROM closed)
              OR 'subject:' || s.id IN (SELECT place FROM closed) OR 'visit:' || v.id IN (SELECT place FROM closed)))
          AND (v.visit_date IS NOT NULL OR v.window_to < %(today)s::date
               OR EXISTS (SELECT 1 FROM assessments_caseform f WHERE f.visit_id = v.id AND f.state <> 'in_error'))
    )
    SELECT count(*) FROM past p JOIN asked a USING (version, code) LEFT JOIN not_applicable n USING (subject_id)
    WHERE (n.forms IS NULL OR a.form <> ALL(n.forms))
      AND (p.status <> 'withdrawn' OR a.form = ANY(%(after_withdrawal)s::text[]))
      AND NOT EXISTS (SELECT 1 FROM assessments_caseform f
                      WHERE f.visit_id = p.id AND f.code = a.form AND f.state <> 'in_error')
      AND NOT (a.form = ANY(%(once)s::text[]) AND EXISTS (
          SELECT 1 FROM assessments_caseform f
          WHERE f.subject_id = p.subject_id AND f.code = a.form AND f.state <> 'in_error'))
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
    asked = asked_now()
    with connection.cursor() as cursor:
        cursor.execute(
            NOT_APPLICABLE + NEVER_BEGUN,
            {
                "versions": asked.versions,
                "visits": asked.visits,
                "forms": asked.forms,
                "once": list(ONCE_A_SUBJECT),
                "after_withdrawal": list(AFTER_WITHDRAWAL),
                "sites": None if sites is None else sorted(sites),
                "subject": subject,
                "visit": visit,
                "shut": shut,
                "today": today,
                **rules(),
            },
        )
        return int(cursor.fetchone()[0])
