"""How long from a saved tumour assessment to the refreshed figure, with a real worker; and the full rebuild.

make benchmark NAME=freshness            (88 subjects, then 10,000)
"""

import statistics
import time

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
    seconds, own = time.perf_counter() - started, time.process_time() - worked
    print(f"full rebuild of {marked} subjects: {seconds:.1f} s, {own:.1f} s of them this process's own work")


def report(subjects: int) -> None:
    waits = sorted(one_save(number) for number in range(SAVES))
    median, p95 = statistics.median(waits), waits[int(0.95 * SAVES) - 1]
    print(f"{subjects} subjects, {SAVES} saves: median {1000 * median:.0f} ms, 95th percentile {1000 * p95:.0f} ms")


def one_save(number: int) -> float:
    """Seconds from the commit of an assessment to the commit of the estimate that rests on it."""
    from cohorts.models import Subject
    from endpoints.models import Estimate, Mark

    subjects = Subject.objects.filter(status="follow_up", enrolment__cohort__code="P2-10D").order_by("pk")
    subject = subjects[number % min(subjects.count(), SAVES)]
    assess(subject, number)
    saved = time.perf_counter()
    while Mark.objects.filter(subject=subject).exists():
        time.sleep(0.002)
    assert Estimate.objects.filter(population="P2").exists()
    return time.perf_counter() - saved


def assess(subject: object, number: int) -> None:
    """A new assessment with every lesion as it was before, typed by the site's coordinator."""
    from datetime import date, timedelta

    from benchmarks.coordinator import coordinator_of, type_assessment

    type_assessment(subject, date(2012, 1, 1) + timedelta(number), coordinator_of(subject))


if __name__ == "__main__":
    main()
