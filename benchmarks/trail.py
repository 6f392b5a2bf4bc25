"""The trail at a million rows: its pages by filter, its file, its seal, and what an index answers.

make benchmark NAME=trail

The demonstration's trail, copied over and over to a million rows, with rare events (another user, role, channel and
item) far back in it. Each page is asked for through all of Django but without a network, by auditor and monitor.
"""

import json
import statistics
import time
from typing import Any

import psutil

from benchmarks.installation import installation

ROWS = 1_000_000
TIMES = 10
RARE = """
    UPDATE audit_event SET actor_name = 'rare.name', role = 'administrator', channel = 'api'
    WHERE id IN (SELECT id FROM audit_event WHERE table_name = 'assessments_consent' ORDER BY id LIMIT 5)
"""
AGES = "UPDATE audit_event SET at = at - make_interval(secs => (SELECT max(id) FROM audit_event) - id)"
PAGES = (
    ("auditor", "newest", "/trail/"),
    ("auditor", "newest, as a table", "/trail/?view=table"),
    ("auditor", "far back", "/trail/?before=200000"),
    ("auditor", "by a user who did much", "/trail/?who=coordinator101"),
    ("auditor", "by a user who did little, long ago", "/trail/?who=rare.name"),
    ("auditor", "by a user who is not there", "/trail/?who=nobody"),
    ("auditor", "role: administrator, long ago", "/trail/?role=administrator"),
    ("auditor", "channel: API, long ago", "/trail/?channel=api"),
    ("auditor", "kind of event: queries", "/trail/?kind=queries"),
    ("auditor", "kind of event: locks, of which there are none", "/trail/?kind=form_locks"),
    ("auditor", "one table", "/trail/?table=cohorts_enrolment"),
    ("auditor", "deleted", "/trail/?action=delete"),
    ("auditor", "site", "/trail/?site={site}"),
    ("auditor", "subject", "/trail/?subject={label}"),
    ("auditor", "form: death", "/trail/?form_type=death"),
    ("auditor", "item in all forms: consent date", "/trail/?item=consent_date"),
    ("auditor", "item of one form type", "/trail/?form_type=demography&item=age"),
    ("auditor", "item that no column has", "/trail/?item=no_such_item"),
    ("auditor", "one long-ago day", "/trail/?since={day}&until={day}"),
    ("auditor", "one long-ago day of a site and role", "/trail/?since={day}&until={day}&site={site}&role=coordinator"),
    ("monitor101", "newest, one site", "/trail/"),
    ("monitor101", "one site, role: administrator, of which it has none", "/trail/?role=administrator"),
    ("monitor101", "a form", "/trail/?form={form}"),
    ("monitor101", "a data point", "/trail/?form={form}&item=overall_response"),
    ("auditor", "log of access", "/access-log/"),
    ("auditor", "page of the seal", "/trail/seal/"),
)


def main() -> None:
    with installation():
        keys = prepare()
        measure_seal()
        print(f"{TIMES} times each: median, slowest, statements, plan of the events' statement")
        for user, page, address in PAGES:
            report(user, page, address.format(**keys))
        measure_file()


def prepare() -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connections

    from assessments.models import CaseForm
    from audit.models import Event
    from benchmarks.multiply import lengthen_trail

    call_command("build_assets", verbosity=0)
    call_command("demo_trial", "--seed", "1", verbosity=0)
    rows = lengthen_trail(ROWS)
    with connections["owner"].cursor() as cursor:
        cursor.execute(AGES)
        cursor.execute(RARE)
        cursor.execute("VACUUM ANALYZE audit_event")
        cursor.execute(
            "SELECT pg_size_pretty(pg_table_size('audit_event')), pg_size_pretty(pg_indexes_size('audit_event'))"
        )
        print(f"{rows} rows in the trail: {' and indexes of '.join(cursor.fetchone())}")
    form = CaseForm.objects.filter(code="tumour", subject__site__code="101").select_related("subject").order_by("pk")[0]
    day = Event.objects.order_by("id")[5000].at.date()
    return {"form": form.pk, "site": form.subject.site_id, "label": form.subject.label, "day": day}


def report(user: str, page: str, address: str) -> None:
    from benchmarks.pages import signed_in, statements

    client = signed_in(user)
    taken = sorted(clocked(client, address) for _ in range(TIMES))
    median, slowest = statistics.median(taken), taken[-1]
    print(
        f"{median:5.0f} ms {slowest:5.0f} ms {statements(client, address):3d}  {page} ({user}): {plan(client, address)}"
    )


def clocked(client: Any, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return 1000 * (time.perf_counter() - started)


def plan(client: Any, address: str) -> str:
    """By which index the page's events are found."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    page_statements = [
        statement["sql"]
        for statement in seen
        if 'FROM "audit_event"' in statement["sql"] and "LIMIT 51" in statement["sql"]
    ]
    if not page_statements:
        return "-"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {page_statements[0]}")
        explained = cursor.fetchone()[0]
    return ", ".join(
        dict.fromkeys(scans(explained[0]["Plan"] if isinstance(explained, list) else json.loads(explained)[0]["Plan"]))
    )


def scans(node: dict[str, Any]) -> list[str]:
    statements = (
        [f"{node['Node Type']} {node.get('Index Name') or node['Relation Name']}"]
        if "Scan" in node["Node Type"]
        else []
    )
    return [*statements, *(scan for part in node.get("Plans", ()) for scan in scans(part))]


def measure_seal() -> None:
    from audit.sealing import seal_trail
    from audit.verifying import verify

    started = time.perf_counter()
    rows = seal_trail()
    print(f"sealing {rows} rows: {time.perf_counter() - started:.1f} s")
    seal_trail()
    started = time.perf_counter()
    verified = verify()
    taken = time.perf_counter() - started
    print(f"verifying {sum(verified.sealed.values())} rows: {taken:.1f} s, {len(verified.faults)} faults")
    started = time.perf_counter()
    seal_trail()
    print(f"sealing when nothing is new: {1000 * (time.perf_counter() - started):.1f} ms")


def measure_file() -> None:
    from benchmarks.pages import signed_in

    client, process = signed_in("auditor"), psutil.Process()
    started, before = time.perf_counter(), process.memory_info().rss
    pieces = iter(client.get("/trail.csv").streaming_content)
    next(pieces), next(pieces)
    first, size, most = time.perf_counter() - started, 0, 0
    for piece in pieces:
        size, most = size + len(piece), max(most, process.memory_info().rss - before)
    taken = time.perf_counter() - started
    print(
        f"the whole trail as CSV: first piece after {first:.1f} s, {size / 1e6:.0f} MB in {taken:.0f} s, "
        f"at most {most / 1e6:.0f} MB of memory more than before"
    )


if __name__ == "__main__":
    main()
