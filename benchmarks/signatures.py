"""How long the nightly check of all signatures takes with 20,000 of them on forms, and what it is bound by.

make benchmark NAME=signatures

The demonstration and three copies of it, every complete form signed by the service, in acts of 500. The check as the
clock asks for it each night: by the clock, this process's own work, its statements; then the check of each minute, when
all of them were signed in the last five. `SUBJECTS`, `COPIES` and `SIGNATURES` make it small.
"""

import logging
import os
import time
from collections.abc import Callable

from benchmarks.installation import installation

SUBJECTS = os.environ.get("SUBJECTS", "88")
COPIES = int(os.environ.get("COPIES", "3"))
SIGNATURES = int(os.environ.get("SIGNATURES", "20000"))
ACT = 500


def main() -> None:
    with installation():
        prepare()
        report("signing", sign)
        report("the night's check, the first", night)
        report("the night's check", night)
        report("the minute's check, all of them just signed", minute)


def prepare() -> None:
    from django.core.management import call_command

    from benchmarks.multiply import multiply

    # The copies of the demonstration's own signatures name the keys of their originals: the first check finds them out.
    logging.getLogger("signature.doubts").setLevel(logging.CRITICAL)
    call_command("demo_trial", "--seed", "1", "--subjects", SUBJECTS, verbosity=0)
    print(f"{multiply(COPIES) if COPIES else SUBJECTS} subjects")


def sign() -> str:
    from accounts.actor import Actor
    from accounts.models import User
    from assessments.models import CaseForm
    from signature.signing import sign_forms

    signer = User.objects.get(username="investigator101")
    by = Actor(signer.pk, signer.username, "investigator", "screen")
    ready = CaseForm.objects.filter(state="complete", locked_at=None, signatures=None).order_by("pk")
    versions = list(ready.values_list("pk", "version")[:SIGNATURES])
    for at in range(0, len(versions), ACT):
        sign_forms(seen=dict(versions[at : at + ACT]), signed_by=signer, by=by)
    return f"{len(versions)} signed"


def night() -> str:
    from signature.doubts import check_all
    from signature.models import Signature

    return f"{check_all()} of {Signature.objects.count()} newly found not to verify"


def minute() -> str:
    from signature.doubts import check_changed

    return f"{check_changed()} newly found not to verify"


def report(what: str, act: Callable[[], str]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    started, worked = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as seen:
        outcome = act()
    taken, worked_seconds = time.perf_counter() - started, time.process_time() - worked
    print(f"{what}: {taken:.1f} s, {worked_seconds:.1f} s own work, {len(seen)} statements; {outcome}")


if __name__ == "__main__":
    main()
