"""Edit checks: a form in, findings out, each of which becomes a query.

`CHECKS` holds every check once; what a protocol does not ask for has nothing to be checked in it.
"""

from assessments.checks import (
    course,
    derived,
    dispensing,
    dose_limiting,
    everolimus,
    exposure,
    exposure_days,
    exposure_sizes,
    general,
    guidance,
    hardly,
    infusion,
    laboratory,
    lesions,
    plausibility,
    safety,
    screening,
)
from assessments.checks.check import Check, CheckedCasebook, Form

__all__ = ["ACROSS", "CHECKS", "OWN", "WHILE_TYPING", "Check", "CheckedCasebook", "Form", "id_of", "name_of"]

CHECKS: tuple[Check, ...] = (
    *general.CHECKS,
    *screening.CHECKS,
    *infusion.CHECKS,
    *everolimus.CHECKS,
    *dispensing.CHECKS,
    *exposure.CHECKS,
    *exposure_days.CHECKS,
    *exposure_sizes.CHECKS,
    *laboratory.CHECKS,
    *guidance.CHECKS,
    *safety.CHECKS,
    *dose_limiting.CHECKS,
    *course.CHECKS,
    *lesions.CHECKS,
    *plausibility.CHECKS,
    *hardly.CHECKS,
    *derived.CHECKS,
)
_NAMES = {check.id: check.name for check in CHECKS}
_IDS = {name: key for key, name in _NAMES.items()}


def name_of(check_id: str) -> str:
    """What pages, files and the API call a check, by the id that queries keep; of one that is no more, that id."""
    return _NAMES.get(check_id, check_id)


def id_of(name: str) -> str:
    """The id that queries keep of the check that is called so, or has this id; "" for one that is not known."""
    return _IDS.get(name) or (name if name in _NAMES else "")


# Those that see one form alone, and those that see others beside it.
OWN: tuple[Check, ...] = tuple(check for check in CHECKS if check.ask is not None and not check.is_across)
ACROSS: tuple[Check, ...] = tuple(check for check in CHECKS if check.is_across)
# Said while one types alone: the derivation of the endpoints asks the same as a query.
WHILE_TYPING = hardly.WHILE_TYPING
