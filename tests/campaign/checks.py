"""What must be so after a campaign: nothing lost, nothing twice, everything verifies."""

import time
from collections import Counter
from collections.abc import Iterator

from tests.campaign.load import Ledger
from tests.campaign.stage import Stage

SETTLE_S = 120


def what_is_wrong(stage: Stage, ledger: Ledger) -> list[str]:
    from django.db import connections

    connections.close_all()  # ours was struck with the others
    return [*_values(ledger), *_versions(), *_nothing_waits(stage), *_wholes()]


def _values(ledger: Ledger) -> Iterator[str]:
    """Each acknowledged form is there once, as its last acknowledged save left it."""
    from assessments.models import AdverseEvent

    rows = AdverseEvent.objects.values_list("case_form_id", "term", "grade", "case_form__version")
    there = {pk: (term, str(grade), version) for pk, term, grade, version in rows}
    for pk, saved in ledger.forms.items():
        if there.get(pk) != (saved.term, saved.grade, saved.version):
            yield f"form {pk}: acknowledged as {saved}, stored as {there.get(pk)}"
    counted = Counter(term for term, *_ in there.values())
    yield from (f"{term} stands {number} times" for term, number in counted.items() if number > 1)
    yield from (f"form {pk} {there[pk]} was acknowledged to nobody" for pk in there.keys() - ledger.forms.keys())


def _versions() -> Iterator[str]:
    """In the trail each version of each form is the one before plus one."""
    from audit.models import Event

    versions: dict[int, list[int]] = {}
    changed = Event.objects.filter(table_name="assessments_caseform", new__has_key="version").order_by("id")
    for form, version in changed.values_list("row_id", "new__version"):
        versions.setdefault(form, []).append(version)
    for form, found in versions.items():
        if found != list(range(1, len(found) + 1)):
            yield f"form {form}: versions {found} in the trail"


def _nothing_waits(stage: Stage) -> Iterator[str]:
    """The worker and the clock catch up by themselves: every mark taken, every entry sealed."""
    from audit.sealing import unsealed
    from endpoints.models import Mark

    deadline = time.monotonic() + SETTLE_S
    while (Mark.objects.exists() or unsealed().entries) and time.monotonic() < deadline:
        time.sleep(0.5)
    if Mark.objects.exists():
        yield f"{Mark.objects.count()} changes still wait to be derived after {SETTLE_S} s"
    if waiting := unsealed().entries:
        yield f"{waiting} entries still wait to be sealed after {SETTLE_S} s"


def _wholes() -> Iterator[str]:
    from audit.verifying import answered as trail
    from endpoints.verifying import answered as figures
    from signature.doubts import answered as signatures

    for verify in (trail, signatures, figures):
        answer = verify()
        print(answer.says)
        yield from answer.faults
