"""How long the lock of a whole trial takes, at 528 subjects with their whole casebook, and what happens meanwhile.

make benchmark NAME=lock

The demonstration and five copies of it. The data manager's page before the lock, which counts what is still open; the
lock through the service, its statements, the rows that it adds to the trail; a save that comes while it is set, and how
long that waits; the opening. `SUBJECTS` and `COPIES` make it small.
"""

import os
import threading
import time
from contextvars import copy_context
from typing import Any

from benchmarks.installation import installation

SUBJECTS = os.environ.get("SUBJECTS", "88")
COPIES = int(os.environ.get("COPIES", "5"))
HEAD_START = 0.2


def main() -> None:
    with installation():
        prepare()
        page()
        locked()
        opened()


def prepare() -> None:
    from django.core.management import call_command

    from assessments.models import CaseForm
    from benchmarks.freshness import drain
    from benchmarks.multiply import multiply

    call_command("build_assets", verbosity=0)
    call_command("demo_trial", "--seed", "1", "--subjects", SUBJECTS, verbosity=0)
    subjects = multiply(COPIES) if COPIES else int(SUBJECTS)
    drain()
    print(f"{subjects} subjects, {CaseForm.objects.count()} forms")


def page() -> None:
    from benchmarks.pages import milliseconds, signed_in, statements

    client = signed_in("datamanager")
    milliseconds(client, "/trial/lock/")
    taken, worked = milliseconds(client, "/trial/lock/")
    statement_count = statements(client, "/trial/lock/")
    print(f"the page before the lock: {taken:.0f} ms, {worked:.0f} ms own work, {statement_count} statements")


def locked() -> None:
    from audit.models import Event

    events, waited = Event.objects.count(), Waiting()
    waited.thread.start()
    taken, statement_count = timed(lambda: turn("lock"))
    waited.thread.join()
    print(f"the lock: {taken:.2f} s, {statement_count} statements, {Event.objects.count() - events} rows in the trail")
    print(f"a save {HEAD_START} s after its beginning: waited {waited.seconds:.2f} s, {waited.answer}")


def opened() -> None:
    taken, statement_count = timed(lambda: turn("unlock"))
    print(f"the opening: {taken:.2f} s, {statement_count} statements")


def turn(which: str) -> None:
    from accounts.actor import SYSTEM
    from signature.closing import Reach, reopen, shut
    from signature.models import ClosureState

    act = shut if which == "lock" else reopen
    act(reach=Reach(), state=ClosureState.LOCKED, reason="measured", by=SYSTEM)


class Waiting:
    """A write to the last form of the trial that comes while the lock is set."""

    def __init__(self) -> None:
        self.thread = threading.Thread(target=copy_context().run, args=[self.run])
        self.seconds, self.answer = 0.0, ""

    def run(self) -> None:
        from django.db import connections
        from django.db.models import F

        from accounts.actor import SYSTEM, Locked, acting
        from assessments.models import CaseForm

        form = CaseForm.objects.order_by("-pk").values_list("pk", flat=True)[0]
        time.sleep(HEAD_START)
        started = time.perf_counter()
        try:
            with acting(SYSTEM, reason="measured"):
                CaseForm.objects.filter(pk=form).update(version=F("version") + 1)
            self.answer = "then went in: the lock had not begun"
        except Locked as refusal:
            self.answer = f"then was refused: {refusal}"
        finally:
            self.seconds = time.perf_counter() - started
            connections.close_all()


def timed(call: Any) -> tuple[float, int]:
    """Seconds, and the statements that it took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    started = time.perf_counter()
    with CaptureQueriesContext(connection) as seen:
        call()
    return time.perf_counter() - started, len(seen)


if __name__ == "__main__":
    main()
