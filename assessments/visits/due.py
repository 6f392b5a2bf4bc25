"""Which forms are due at which visit of whom, over thousands of visits: how a statement in plain SQL begins.

Of one visit in hand `placing.due_at` says it. What a visit asks for both have from `placing.forms_due`, and
tests/assessments/test_forms_due.py holds that they agree.
"""

from collections.abc import Collection
from typing import Any

from assessments.sequence import AFTER_WITHDRAWAL
from assessments.visits.applicable import rules
from assessments.visits.asked import Asked
from protocol.forms import ONCE_A_SUBJECT

# What a visit has is gathered into one array before it is held against what the protocol asks for: joined form by form
# it took a second at 50,000 forms. A subject that failed screening has nothing due, one that withdrew what it agreed
# to. `there` are the forms that were begun, also elsewhere where they are filled once a subject. `begun` says that some
# of what is asked for was begun at the visit, `used` that anything was, `shut` that the place is frozen or locked, as
# signature.shut says it.
DUE = """
    WITH not_applicable AS MATERIALIZED (
        SELECT f.subject_id, array_agg(DISTINCT r.form) AS forms
        FROM unnest(%(rule_forms)s::text[], %(rule_items)s::text[], %(rule_values)s::text[]) AS r(form, item, value)
        JOIN assessments_demography d ON to_jsonb(d) ->> r.item = r.value
        JOIN assessments_caseform f ON f.id = d.case_form_id AND f.state IN ('draft', 'complete')
        GROUP BY f.subject_id
    ),
    asked AS (
        SELECT version, code, array_agg(form ORDER BY place) AS forms,
               coalesce(array_agg(form ORDER BY place) FILTER (WHERE form = ANY(%(after_withdrawal)s::text[])), '{}')
                   AS agreed
        FROM unnest(%(versions)s::bigint[], %(visits)s::text[], %(forms)s::text[])
             WITH ORDINALITY AS a(version, code, form, place)
        GROUP BY version, code
    ), closed AS (
        SELECT DISTINCT place FROM signature_closure WHERE reopened_at IS NULL AND scope <> 'form'
    ), subject AS (
        SELECT s.id, s.label, s.site_id, s.status, t.code AS site,
               EXISTS (SELECT 1 FROM closed WHERE place = 'trial') OR 'site:' || s.site_id IN (SELECT place FROM closed)
               OR 'subject:' || s.id IN (SELECT place FROM closed) AS shut
        FROM cohorts_subject s JOIN accounts_site t ON t.id = s.site_id
        WHERE (%(sites)s::bigint[] IS NULL OR s.site_id = ANY(%(sites)s::bigint[]))
          AND (%(subject)s::bigint IS NULL OR s.id = %(subject)s::bigint)
          AND (%(visit)s::bigint IS NULL
               OR s.id = (SELECT subject_id FROM cohorts_visit WHERE id = %(visit)s::bigint))
          AND strpos(lower(s.label), lower(%(q)s::text)) > 0
    ), here AS (
        SELECT f.visit_id, array_agg(f.code::text) AS there,
               coalesce(array_agg(f.code::text) FILTER (WHERE f.state = 'draft'), '{}') AS drafts
        FROM assessments_caseform f JOIN subject s ON s.id = f.subject_id
        WHERE f.visit_id IS NOT NULL AND f.state <> 'in_error' GROUP BY f.visit_id
    ), once AS (
        SELECT f.subject_id, array_agg(f.code::text) AS there,
               coalesce(array_agg(f.code::text) FILTER (WHERE f.state = 'draft'), '{}') AS drafts
        FROM assessments_caseform f JOIN subject s ON s.id = f.subject_id
        WHERE f.code = ANY(%(once)s::text[]) AND f.state <> 'in_error' GROUP BY f.subject_id
    ), due AS (
        SELECT s.site_id, s.site, s.id AS subject_id, s.label AS subject, v.id AS visit_id, v.label AS visit,
               v.window_from, v.window_to, v.visit_date, v.kind, coalesce(h.there && a.forms, false) AS begun,
               h.there IS NOT NULL AS used, s.shut OR 'visit:' || v.id IN (SELECT place FROM closed) AS shut,
               CASE WHEN n.forms IS NULL THEN e.forms
                    ELSE ARRAY(SELECT form FROM unnest(e.forms) WITH ORDINALITY AS f(form, place)
                               WHERE form <> ALL(n.forms) ORDER BY place) END AS forms,
               coalesce(h.there, '{}') || coalesce(o.there, '{}') AS there,
               coalesce(h.drafts, '{}') || coalesce(o.drafts, '{}') AS drafts
        FROM cohorts_visit v
        JOIN subject s ON s.id = v.subject_id
        JOIN asked a ON a.code = v.code AND a.version = coalesce(v.protocol_id, 0)
        CROSS JOIN LATERAL (SELECT CASE WHEN s.status = 'withdrawn' THEN a.agreed ELSE a.forms END AS forms) e
        LEFT JOIN here h ON h.visit_id = v.id
        LEFT JOIN once o ON o.subject_id = v.subject_id
        LEFT JOIN not_applicable n ON n.subject_id = v.subject_id
        WHERE s.status <> 'screen_failure' AND NOT v.in_error
          AND (%(visit)s::bigint IS NULL OR v.id = %(visit)s::bigint)
    )
"""


def parameters_of_due(
    due_forms: Asked,
    *,
    sites: Collection[int] | None = None,
    subject: int | None = None,
    visit: int | None = None,
    q: str = "",
) -> dict[str, Any]:
    """Those of DUE: at these sites (None is all), of this subject, at this visit, of subjects whose number has `q`."""
    return {
        "versions": due_forms.versions,
        "visits": due_forms.visits,
        "forms": due_forms.forms,
        "once": list(ONCE_A_SUBJECT),
        "after_withdrawal": list(AFTER_WITHDRAWAL),
        "sites": None if sites is None else sorted(sites),
        "subject": subject,
        "visit": visit,
        "q": q,
        **rules(),
    }
