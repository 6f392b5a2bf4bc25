"""How long the list of queries, its files and its report take with 50,000 queries.

make benchmark NAME=queries

The demonstration and five copies of it; queries of every age and state are made inside the database, four in five of
them not closed, each with its steps. Each page is asked for as its role asks for it, through all of Django but without
a network. The files are written whole.
"""

import statistics
import time
from typing import Any

from benchmarks.installation import installation
from benchmarks.pages import TIMES, WARM_UP, milliseconds, signed_in, statements

COPIES = 5
QUERIES = 50_000
AT_ONCE = 500
# (user, what, address): `site`, `subject` and `form` stand for one each.
PAGES = (
    ("datamanager", "what is not closed, oldest first, all sites", "/queries/"),
    ("monitor101", "the same, one site", "/queries/"),
    ("datamanager", "page 500 of it", "/queries/?page=500"),
    ("datamanager", "any state, by subject", "/queries/?state=any&sort=subject"),
    ("datamanager", "last step longest ago", "/queries/?sort=changed"),
    ("datamanager", "re-opened, older than 30 days, of one site", "/queries/?state=reopened&age=31-&site={site}"),
    ("datamanager", "one visit, form and item", "/queries/?visit=C1D1&form=infusion&item=weight_kg"),
    ("datamanager", "words in the question", "/queries/?q=number+777"),
    ("monitor101", "mine", "/queries/?assignee=me"),
    ("coordinator101", "casebook of a subject", "/subjects/{subject}/"),
    ("coordinator101", "form with queries", "/forms/{form}/"),
    ("datamanager", "ages by site", "/queries/ageing/"),
)
# Answered and closed ones have the steps before theirs too.
MAKE = """
    WITH free AS (
        SELECT id, subject_id, code FROM assessments_caseform WHERE locked_at IS NULL
    ), made AS (
        INSERT INTO review_query (subject_id, case_form_id, item, origin, check_id, state, reopened, assigned_role,
                                  text, opened_at, changed_at)
        SELECT f.subject_id, f.id, CASE f.code WHEN 'infusion' THEN 'weight_kg' ELSE '' END, 'manual', '',
               (ARRAY['open', 'open', 'open', 'answered', 'closed'])[1 + n %% 5], n %% 15 = 0,
               (ARRAY['', '', 'coordinator', 'monitor'])[1 + n %% 4], 'Question number ' || n || ' to the site',
               now() - make_interval(hours => (n %% 2400)::int + 24), now() - make_interval(hours => (n %% 24)::int)
        FROM generate_series(1, %(number)s) n
        JOIN (SELECT id, subject_id, code, row_number() OVER (ORDER BY id) AS place FROM free) f
          ON f.place = 1 + (n * 7919) %% (SELECT count(*) FROM free)
        RETURNING id, subject_id, state, text, opened_at, changed_at
    )
    INSERT INTO review_querystep (query_id, subject_id, at, actor_name, role, state, is_assignment, text)
    SELECT id, subject_id, at, who, role, step, false, words FROM made, LATERAL (VALUES
        ('open', opened_at, 'monitor101', 'monitor', made.text, true),
        ('answered', changed_at - interval '1 hour', 'coordinator101', 'coordinator', 'Checked against the source.',
         made.state <> 'open'),
        ('closed', changed_at, 'monitor101', 'monitor', 'Accepted.', made.state = 'closed')
    ) AS steps(step, at, who, role, words, there) WHERE there
"""


def main() -> None:
    with installation():
        print(prepare())
        print(f"{TIMES} times each: median, slowest, median of the process's own work, statements")
        for user, what, address in PAGES:
            report(user, what, address.format(**places()))
        for kind in ("csv", "xlsx"):
            print(f"{seconds(kind):5.1f} s  all that are not closed as {kind.upper()} (datamanager)")
        print(f"{close_many():5.2f} s  {AT_ONCE} closed at once, each with its step and trail (datamanager)")


def prepare() -> str:
    from django.core.management import call_command

    from benchmarks.multiply import multiply
    from review.models import Query

    call_command("build_assets", verbosity=0)
    call_command("demo_trial", "--seed", "1", verbosity=0)
    subjects = multiply(COPIES)
    make(QUERIES - Query.objects.count())
    live = Query.objects.filter(state__in=("open", "answered")).count()
    return f"{subjects} subjects, {Query.objects.count():,} queries, {live:,} of them not closed"


def make(number: int) -> None:
    """By the application's role, under the trail."""
    from django.db import connection, connections

    from accounts.actor import SYSTEM, acting

    with acting(SYSTEM, reason="benchmark"), connection.cursor() as cursor:
        cursor.execute(MAKE, {"number": number})
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def places() -> dict[str, int]:
    from review.models import Query

    query = (
        Query.objects.filter(subject__site__code="101", case_form__code="infusion").select_related("subject").first()
    )
    assert query is not None
    assert query.case_form_id is not None
    return {"site": query.subject.site_id, "subject": query.subject_id, "form": query.case_form_id}


def report(user: str, what: str, address: str) -> None:
    client = signed_in(user)
    taken, worked = zip(*[milliseconds(client, address) for _ in range(TIMES + WARM_UP)][WARM_UP:], strict=True)
    figures = f"{statistics.median(taken):5.0f} ms {max(taken):5.0f} ms {statistics.median(worked):5.0f} ms"
    print(f"{figures} {statements(client, address):3d}  {what} ({user})")


def seconds(kind: str) -> float:
    started = time.perf_counter()
    answer: Any = signed_in("datamanager").get(f"/queries.{kind}")
    size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    assert size > QUERIES
    return time.perf_counter() - started


def close_many() -> float:
    from review.models import Query

    keys = Query.objects.filter(state="open", case_form__locked_at=None).order_by("pk").values_list("pk", flat=True)
    sent = {"query": ",".join(map(str, keys[:AT_ONCE])), "text": "Accepted.", "do": "1"}
    client = signed_in("datamanager")
    started = time.perf_counter()
    assert client.post("/queries/at-once/close/", sent).status_code == 302
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
