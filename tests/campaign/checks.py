"""What must be so after a campaign: nothing lost, nothing twice, everything verifies, nothing left running."""

import time
from collections.abc import Iterable, Iterator
from functools import partial

import psutil

from tests.campaign.load import ActLedger
from tests.campaign.stored import stored

SETTLE_S = 120


def what_is_wrong(ledger: ActLedger) -> list[str]:
    from django.db import connections

    connections.close_all()  # ours was struck with the others
    return [*acts(ledger), *versions(), *what_waits(), *wholes()]


def acts(ledger: ActLedger) -> Iterator[str]:
    """Each acknowledged act is there once and no other; one that was given up is there once or not at all."""
    kept = stored()
    for term, allowed in ledger.forms.items():
        stored_forms = kept.get(term, [])
        if len(stored_forms) > 1:
            yield f"{term} stands {len(stored_forms)} times"
        elif (stored_forms[0] if stored_forms else None) not in allowed:
            yield f"{term}: acknowledged as {' or '.join(map(str, allowed))}, stored as {stored_forms or None}"
    yield from (f"{term} {kept[term]} was acknowledged to nobody" for term in kept.keys() - ledger.forms.keys())


def versions() -> Iterator[str]:
    """In the trail each version of each form is the one before plus one."""
    from audit.models import Event

    by_form: dict[int, list[int]] = {}
    changed = Event.objects.filter(table_name="assessments_caseform", new__has_key="version").order_by("id")
    for form, version in changed.values_list("row_id", "new__version"):
        by_form.setdefault(form, []).append(version)
    for form, counted in by_form.items():
        if counted != list(range(1, len(counted) + 1)):
            yield f"form {form}: versions {counted} in the trail"


def what_waits(patience: float = SETTLE_S) -> Iterator[str]:
    """The worker and the clock catch up by themselves: every mark taken, every entry sealed."""
    from audit.sealing import unsealed
    from endpoints.models import Mark

    deadline = time.monotonic() + patience
    while (Mark.objects.exists() or unsealed().entries) and time.monotonic() < deadline:
        time.sleep(0.5)
    if Mark.objects.exists():
        yield f"{Mark.objects.count()} changes still wait to be derived after {patience} s"
    if waiting := unsealed().entries:
        yield f"{waiting} entries still wait to be sealed after {patience} s"


def wholes() -> Iterator[str]:
    """Trail, signatures and figures, by the walks of `verify_trail`, `verify_signatures` and `verify_figures`."""
    from audit.verifying import answered as trail
    from endpoints.tasks import mark_changed
    from endpoints.verifying import answered as figures
    from signature.doubts import answered as signatures

    for verify in (trail, signatures, partial(figures, mark_changed)):
        answer = verify()
        print(answer.says)
        yield from answer.faults


def left_running(processes: Iterable[psutil.Process], patience: float = 10) -> list[str]:
    """Each process of the installation that still runs after its end."""
    _, left = psutil.wait_procs(processes, timeout=patience)
    return [f"process {process.pid} is left running" for process in left]
