"""Saves of a tumour assessment a second, by form and by API, at 1 and 8 clients: trail written, commits durable.

    make benchmark NAME=saves

Each client is a process of its own with one kept connection, signed in as the site's coordinator, and saves complete
assessments of its own subjects: a POST of the page's fields, or JSON to the API. A worker refreshes meanwhile.

The limit in the same run: the same rows written by Django's models alone in one process, with the same triggers and one
durable commit, but no request, no sign-in, no form, no check, no access. The machine's hour changes both alike.
"""

import http.client
import json
import multiprocessing
import time
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from benchmarks.installation import NAME, PORT, installation
from embedded.places import PROJECT

SECONDS = 10
MOST_A_SECOND = 400
TREATED, COPIES = 10, 39
# Unscheduled visits of each subject, one for each save: more than all measurements together can fill.
VISITS = 40
ADD_VISITS = """
    INSERT INTO cohorts_visit (subject_id, code, label, kind, target_date, in_error)
    SELECT s.id, 'UNS' || k, 'Unscheduled visit ' || k, 'unscheduled', %s::date + k, false
    FROM cohorts_subject s, generate_series(1, %s) k
"""
FIRST_DAY = date(2009, 1, 1)
# How often the rows alone are written.
ALONE = 300
line: Any = None


@dataclass(frozen=True)
class SavedPlace:
    """Where one assessment belongs, and its day."""

    subject: int
    visit: int
    on: date


@dataclass(frozen=True)
class SavingClient:
    """What one client sends: to which places, each but once, signed in by which cookies."""

    channel: str
    places: tuple[SavedPlace, ...]
    cookies: str
    csrf: str


def main() -> None:
    with installation(web=2, worker=True):
        prepare()
        print(f"the limit, the same rows without anything else: {rows_alone():.0f} a second")
        before = trail_rows()
        total = sum(measure(channel, clients) for channel in ("form", "api") for clients in (1, 8))
        print(f"{refreshes()} refreshes by the worker meanwhile")
        print(
            f"{total} saves left {trail_rows() - before} rows in the trail; fsync is {setting('fsync')}, "
            f"synchronous_commit {setting('synchronous_commit')}"
        )


def prepare() -> None:
    from django.db import connection

    from accounts.actor import SYSTEM, acting
    from benchmarks.multiply import multiply
    from endpoints.refresh import refresh_marked
    from tests.cast import Trial

    trial = Trial()
    for _ in range(TREATED):
        trial.treated_subject()
    print(f"{multiply(COPIES)} treated subjects")
    with acting(SYSTEM, reason="visits for a benchmark"), connection.cursor() as cursor:
        cursor.execute(ADD_VISITS, [FIRST_DAY, VISITS])
        cursor.execute("ANALYZE cohorts_visit")
    # Marks that wait belong to whoever was asked first, and the saves would ask the worker for nothing.
    while refresh_marked():
        pass


def rows_alone() -> float:
    """Assessments a second that Django's models write, each in a transaction of its own."""
    from assessments.models import Lesion
    from cohorts.models import Visit

    free = list(Visit.objects.filter(kind="unscheduled", forms=None).order_by("-target_date")[:ALONE])
    lesions = [list(Lesion.objects.filter(subject=visit.subject_id).order_by("pk")) for visit in free]
    started = time.perf_counter()
    for visit, of_subject in zip(free, lesions, strict=True):
        write_rows(visit, of_subject)
    return ALONE / (time.perf_counter() - started)


def write_rows(visit: Any, lesions: list[Any]) -> None:
    """The six rows of one assessment: header, record, three results and the visit's day."""
    from accounts.actor import SYSTEM, acting
    from assessments.models import CaseForm, LesionResult, TumourAssessment

    with acting(SYSTEM, reason="the limit of a benchmark"):
        visit.visit_date = visit.target_date
        visit.save(update_fields=["visit_date"])
        form = CaseForm.objects.create(subject_id=visit.subject_id, visit=visit, code="tumour", state="complete")
        TumourAssessment.objects.create(case_form=form, assessment_date=visit.target_date.isoformat(), **RECORD)
        states = (("MEASURED", ["31.5"]), ("MEASURED", ["20"]), ("PRESENT", []))
        LesionResult.objects.bulk_create(
            LesionResult(case_form=form, lesion=lesion, state=state, diameters_mm=diameters)
            for lesion, (state, diameters) in zip(lesions, states, strict=True)
        )


def measure(channel: str, count: int) -> int:
    """Run `count` clients side by side and print what they got done."""
    clients = [SavingClient(channel, places, *sign_in()) for places in shares(count)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(count, initializer=stand_by, initargs=(context.Barrier(count),)) as pool:
        waits = sorted(
            wait for waits_of_one in pool.map(save_for_a_while, clients, chunksize=1) for wait in waits_of_one
        )
    worst = 1000 * waits[int(0.95 * len(waits)) - 1]
    print(f"{channel}, {count} client(s): {len(waits) / SECONDS:.0f} saves a second, 95 % within {worst:.0f} ms")
    return len(waits)


def shares(count: int) -> list[tuple[SavedPlace, ...]]:
    """The visits that have no form yet, day by day; each subject's belong to one client."""
    from cohorts.models import Visit

    free = Visit.objects.filter(kind="unscheduled", forms=None).order_by("target_date", "subject_id")
    places = [SavedPlace(visit.subject_id, visit.pk, visit.target_date or FIRST_DAY) for visit in free]
    return [tuple(place for place in places if place.subject % count == number) for number in range(count)]


def sign_in(username: str = "carla") -> tuple[str, str]:
    """Cookies and CSRF token of a user's session, as the sign-in page leaves it; signing in is not what is measured."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.middleware.csrf import _get_new_csrf_string

    from accounts.models import User
    from accounts.sessions import EPOCH

    user = User.objects.get(username=username)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[EPOCH] = user.session_epoch
    session.create()
    csrf = _get_new_csrf_string()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; csrftoken={csrf}", csrf


def stand_by(start: Any) -> None:
    """In each client's process: what it waits at until all of them are there."""
    global line
    line = start


def save_for_a_while(client: SavingClient) -> list[float]:
    """Seconds that each save took, one after the other; what is sent is made ready before."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    requests = [request_of(client, place) for place in client.places[: SECONDS * MOST_A_SECOND]]
    line.wait()
    ends, waits = time.perf_counter() + SECONDS, []
    for request in requests:
        if (started := time.perf_counter()) > ends:
            return waits
        send(connection, request)
        waits.append(time.perf_counter() - started)
    raise RuntimeError("more saves than were made ready: raise MOST_A_SECOND and VISITS")


def request_of(client: SavingClient, place: SavedPlace) -> tuple[str, str, dict[str, str]]:
    path, body, kind = by_form(place) if client.channel == "form" else by_api(place)
    return path, body, {"Cookie": client.cookies, "X-CSRFToken": client.csrf, "Content-Type": kind}


def send(connection: http.client.HTTPConnection, request: tuple[str, str, dict[str, str]]) -> None:
    connection.request("POST", *request)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in (201, 302):
        raise RuntimeError(f"{request[0]} answered {answer.status}: {body[:2000]!r}")


RECORD = {"non_target_response": "NON-CR/NON-PD", "new_lesions": "N", "overall_response": "PR"}
ROWS: list[dict[str, Any]] = [
    {"label": "T01", "diameters_mm": "31.5"},
    {"label": "T02", "diameters_mm": "20"},
    {"label": "NT01", "state": "PRESENT"},
]


def by_form(place: SavedPlace) -> tuple[str, str, str]:
    fields: dict[str, Any] = {"action": "complete", "assessment_date": place.on.isoformat(), **RECORD}
    fields |= {"rows-TOTAL_FORMS": len(ROWS), "rows-INITIAL_FORMS": 0}
    fields |= {f"rows-{place}-{name}": value for place, row in enumerate(ROWS) for name, value in row.items()}
    path = f"/subjects/{place.subject}/forms/tumour/?visit={place.visit}"
    return path, urlencode(fields), "application/x-www-form-urlencoded"


def by_api(place: SavedPlace) -> tuple[str, str, str]:
    record = {"assessment_date": place.on.isoformat(), **RECORD}
    body = {"subject": place.subject, "visit": place.visit, "complete": True, "record": record, "rows": ROWS}
    return "/api/v1/forms/tumour/", json.dumps(body), "application/json"


def refreshes() -> int:
    log = PROJECT / "var" / NAME / "worker.log"
    return log.read_text().count("subjects afresh")


def trail_rows() -> int:
    from audit.models import Event

    return Event.objects.count()


def setting(name: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
