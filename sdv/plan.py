"""What the protocol's plan asks to be verified against the source: pure, and the same wherever and whenever asked."""

from enum import StrEnum
from hashlib import sha256

from protocol.design import SdvPlan

BUCKETS = 2**32


class Extent(StrEnum):
    """How much of a form is to be verified."""

    ALL = "all"
    CRITICAL = "critical"
    NONE = "none"


def asks_for_anything(plan: SdvPlan) -> bool:
    """A trial read in from data that have no source asks for nothing, not even for critical items."""
    return bool(plan.first_subjects or plan.critical_forms or plan.sample_percent)


def in_sample(label: str, plan: SdvPlan, study: str) -> bool:
    """Whether a subject is of the share that is verified as a whole.

    The first 32 bits of SHA-256 over "study:label" make a number from 0 up to but not including 100; the subject is in
    if it is below `sample_percent`. No draw is stored: a larger percentage keeps everyone who was in already.
    """
    drawn = int.from_bytes(sha256(f"{study}:{label}".encode()).digest()[:4], "big")
    return drawn * 100 < plan.sample_percent * BUCKETS


def extent(plan: SdvPlan, study: str, *, number: int, label: str, form: str) -> Extent:
    """What is asked of one form. `number` is the subject's at its site, given in the order in which they came."""
    if not asks_for_anything(plan):
        return Extent.NONE
    if number <= plan.first_subjects or form in plan.critical_forms or in_sample(label, plan, study):
        return Extent.ALL
    return Extent.CRITICAL
