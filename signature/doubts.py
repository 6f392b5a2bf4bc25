"""Which signatures are known not to verify: worked out from the hashes by the clock, so that lists need not.

Each minute those of the forms that the trail has just named, each night all of them: what was changed by somebody for
whom no trail was written is found then. `verify_signatures` and every form, copy and file work it out on the spot. No
trigger does it at once: what the system computes is written behind signatures too, and only the content tells it apart.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from audit.models import Event
from audit.wholes import Answer
from signature.models import Doubt, Signature
from signature.signing import WITH_FORM, standings
from values.counts import counted
from values.times import shown_moment

CHUNK = 500
# Longer than the clock's step, as a transaction writes its lines of the trail before others see them.
LATELY = timedelta(minutes=5)
logger = logging.getLogger(__name__)


def check_changed() -> int:
    """Those of forms that something was written to in the last minutes; how many verify no more."""
    lately = Event.objects.filter(at__gte=timezone.now() - LATELY, case_form_id__isnull=False)
    return _check(Signature.objects.filter(case_form__in=lately.values("case_form_id")))


def check_all() -> int:
    """Every signature, in batches; how many verify no more."""
    return _check(Signature.objects.all())


def answered() -> Answer:
    """All of them checked, as audit.wholes writes it down; those that verify no more are named."""
    check_all()
    every = Signature.objects.count()
    faults = list(_sentences())
    broken = f"{len(faults):,} of them {'does' if len(faults) == 1 else 'do'} not verify"
    verdict = broken if faults else "each verifies"
    says = f"{counted(every, 'signature')}: {verdict}."
    return Answer(every, says, faults)


def _sentences() -> Iterator[str]:
    """Of each signature in doubt, what is wrong with it now."""
    found_at = dict(Doubt.objects.order_by("signature").values_list("signature", "found_at"))
    keys = list(found_at)
    for at in range(0, len(keys), CHUNK):
        for signature, how in standings(WITH_FORM.filter(pk__in=keys[at : at + CHUNK]).order_by("pk")):
            form = signature.case_form
            yield (
                f"signature {signature.pk} of {signature.printed_name} at {form.code} of {form.subject}"
                f" (form {form.pk}) {how.words}; found {shown_moment(found_at[signature.pk])}"
            )


def _check(signatures: QuerySet[Signature]) -> int:
    """Kind of form by kind: each kind in a batch costs its statements."""
    keys = list(signatures.order_by("case_form__code", "pk").values_list("pk", flat=True))
    return sum(_settle(keys[at : at + CHUNK]) for at in range(0, len(keys), CHUNK))


def _settle(keys: list[int]) -> int:
    """Take down those that were altered, and strike out what verifies again."""
    settled = standings(WITH_FORM.filter(pk__in=keys))
    altered = {signature.pk: signature for signature, how in settled if not how.verifies}
    known = set(Doubt.objects.filter(signature__in=keys).values_list("signature_id", flat=True))
    new = [altered[key] for key in sorted(altered.keys() - known)]
    if not (new or known - altered.keys()):
        return 0
    with acting(SYSTEM, reason="signatures verified by the clock", waits=False):
        Doubt.objects.filter(signature__in=known - altered.keys()).delete()
        Doubt.objects.bulk_create([_doubt(signature) for signature in new], ignore_conflicts=True)
    for signature in new:
        logger.error("signature %s of form %s does not verify", signature.pk, signature.case_form_id)
    return len(new)


def _doubt(signature: Signature) -> Doubt:
    form = signature.case_form
    return Doubt(signature=signature, subject_id=form.subject_id, case_form=form, found_at=timezone.now())
