"""How long the server takes for the pages that people open most, in a trial of 528 subjects with a long trail.

make benchmark NAME=pages

The demonstration and five copies of it, each subject with some forty visits, and a trail of a million rows. Each page
is asked for as its role asks for it, through all of Django but without a network, of different subjects in turn. What
this process itself works is told too: a busy machine leaves that alone.
"""

import statistics
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import cycle, islice
from typing import Any

from benchmarks.installation import installation

COPIES = 5
TRAIL = 1_000_000
TIMES = 20
WARM_UP = 2
# (user, page, address): `subject`, `form` and `assessment` stand for one of each time another.
PAGES = (
    ("coordinator101", "home", "/"),
    ("coordinator101", "subjects, their matrix of visits, one site", "/subjects/"),
    ("datamanager", "the same, all sites", "/subjects/"),
    ("coordinator101", "casebook of a subject", "/subjects/{subject}/"),
    ("coordinator101", "picture of a subject", "/subjects/{subject}/picture/"),
    ("coordinator101", "laboratory of a subject", "/subjects/{subject}/laboratory/"),
    ("coordinator101", "form: infusion", "/forms/{form}/"),
    ("coordinator101", "form: tumour assessment", "/forms/{assessment}/"),
    ("monitor101", "open queries, one site", "/queries/?state=open"),
    ("datamanager", "open queries, all sites", "/queries/?state=open"),
    ("coordinator101", "worklist: overdue, one site", "/worklists/?list=overdue"),
    ("datamanager", "worklist: missing forms, all sites", "/worklists/?list=missing"),
    ("datamanager", "checks", "/checks/"),
    ("datamanager", "cohorts", "/cohorts/"),
    ("datamanager", "dose levels", "/cohorts/levels/"),
    ("datamanager", "serious events", "/serious/"),
    ("auditor", "trail, newest", "/trail/"),
    ("monitor101", "trail of a form", "/trail/?form={assessment}"),
    ("sponsor", "endpoints", "/endpoints/"),
)


def main() -> None:
    with installation():
        prepare()
        print("20 times each: median, slowest, median of the process's own work, statements")
        for user, page, address in PAGES:
            report(user, page, address)


def prepare() -> None:
    from django.core.management import call_command

    from benchmarks.freshness import drain
    from benchmarks.multiply import lengthen_trail, multiply
    from cohorts.models import Visit

    call_command("build_assets", verbosity=0)
    call_command("demo_trial", "--seed", "1", verbosity=0)
    subjects = multiply(COPIES, trail=True)
    drain()
    print(f"{subjects} subjects, {Visit.objects.count()} visits, {lengthen_trail(TRAIL)} rows in the trail")


def report(user: str, page: str, address: str) -> None:
    client = signed_in(user)
    addresses = [address.format(**keys) for keys in islice(cycle(places(user)), TIMES + WARM_UP)]
    taken, worked = zip(*[milliseconds(client, path) for path in addresses][WARM_UP:], strict=True)
    figures = f"{statistics.median(taken):5.0f} ms {max(taken):5.0f} ms {statistics.median(worked):5.0f} ms"
    print(f"{figures} {statements(client, addresses[-1]):3d}  {page} ({user})")


def signed_in(user: str) -> Any:
    from django.test import Client

    from accounts.models import User

    # Garbage is collected as where the site is served, and not what typing a whole trial left here.
    import_module("trialsite.wsgi")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=user))
    return client


def places(user: str) -> Iterator[dict[str, int]]:
    """One subject each with one of its infusions and assessments, at the user's site where it has one."""
    from assessments.models import CaseForm
    from cohorts.models import Subject

    treated = Subject.objects.filter(forms__code="tumour", forms__state="complete").distinct().order_by("pk")
    if user[-3:].isdigit():
        treated = treated.filter(site__code=user[-3:])
    for subject in treated[:TIMES]:
        forms = {form.code: form.pk for form in CaseForm.objects.filter(subject=subject).order_by("pk")}
        yield {"subject": subject.pk, "form": forms["infusion"], "assessment": forms["tumour"]}


def milliseconds(client: Any, path: str) -> tuple[float, float]:
    """By the clock, and this process's own."""
    started, worked = time.perf_counter(), time.process_time()
    answer = client.get(path, follow=True)
    taken = 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return taken


def statements(client: Any, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        client.get(path, follow=True)
    return len(seen)


if __name__ == "__main__":
    main()
