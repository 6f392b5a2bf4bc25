"""How long from a saved tumour assessment to the refreshed figure, with a real worker; and the full rebuild.

make benchmark NAME=freshness            (88 subjects, then 10,000)
"""

import statistics
import time
from typing import Any

from benchmarks.installation import installation

SAVES = 50
# 88 subjects and their copies are 10,032.
COPIES = 113


def main() -> None:
    with installation(worker=True):
        from django.core.management import call_command

        call_command("demo_trial", "--seed", "1", verbosity=0)
        report(88)
        from benchmarks.multiply import multiply

        started = time.perf_counter()
        count = multiply(COPIES)
        print(f"copied to {count} subjects in {time.perf_counter() - started:.0f} s")
        drain()
        report(count)


def drain() -> None:
    """Derive everything in this process and say how long that took: the full rebuild."""
    from endpoints.models import Mark
    from endpoints.refresh import refresh_marked

    marked = Mark.objects.values("subject").distinct().count()
    started, worked = time.perf_counter(), time.process_time()
    while refresh_marked():
        pass
    seconds, worked_seconds = time.perf_counter() - started, time.process_time() - worked
    print(f"full rebuild of {marked} subjects: {seconds:.1f} s, {worked_seconds:.1f} s of them this process's own work")


def report(subjects: int) -> None:
    in_follow_up = followed()
    waits = sorted(one_save(in_follow_up[number % len(in_follow_up)], number) for number in range(SAVES))
    median, p95 = statistics.median(waits), waits[int(0.95 * SAVES) - 1]
    print(f"{subjects} subjects, {SAVES} saves: median {1000 * median:.0f} ms, 95th percentile {1000 * p95:.0f} ms")


def followed() -> list[Any]:
    """Subjects of phase II in follow-up with nothing frozen or locked, as many as are saved for."""
    from cohorts.models import Subject

    open_for_entry = Subject.objects.exclude(forms__frozen_at__isnull=False).exclude(forms__locked_at__isnull=False)
    subjects = open_for_entry.filter(status="follow_up", enrolment__cohort__code="P2-10D")
    return list(subjects.order_by("pk")[:SAVES])


def one_save(subject: Any, number: int) -> float:
    """Seconds from the commit of an assessment to the commit of the estimate that rests on it."""
    from endpoints.models import Estimate, Mark

    assess(subject, number)
    saved = time.perf_counter()
    while Mark.objects.filter(subject=subject).exists():
        time.sleep(0.002)
    assert Estimate.objects.filter(population="P2").exists()
    return time.perf_counter() - saved


def assess(subject: Any, number: int) -> None:
    """A new assessment with every lesion as it was before, typed by the site's coordinator."""
    from datetime import date, timedelta

    from benchmarks.coordinator import coordinator_of, type_assessment

    type_assessment(subject, date(2012, 1, 1) + timedelta(number), coordinator_of(subject))


if __name__ == "__main__":
    main()
