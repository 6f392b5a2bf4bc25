"""What a row of DS tells: its term decides, DSDECOD before DSTERM; its category only where the term leaves it open."""

import re
from enum import Enum, auto

from sdtm.reading import Row

CONSENTED = ("INFORMED CONSENT OBTAINED", "INFORMED CONSENT")
ENROLLED = ("RANDOMIZED", "RANDOMISED", "ENROLLED", "ENTERED INTO TRIAL")
# Of a decoded term that says nothing, the words of the site are the term.
NOTHING_SAID = ("", "OTHER", "OTHER EVENT", "OTHER, SPECIFY", "NOT APPLICABLE")
DISPOSITION = ("DISPOSITION EVENT", "")

DIED = re.compile(r"\b(DEATH|DIED|DECEASED|DEAD)\b")
LOST = re.compile(r"\bLOST\b.*\bFOLLOW[ -]?UP\b|\bLTFU\b")
AGAIN = re.compile(r"\bRE[ -]?CONSENT")
SEEN = re.compile(r"\b(VISIT|CONTACT|CONTACTED|ALIVE|SEEN)\b")
NOT_SEEN = re.compile(r"\b(NO|NOT|MISSED|UNABLE|LOST|FAILED|UNSUCCESSFUL|ATTEMPT\w*|UNKNOWN|WITHOUT|CANCEL\w*)\b")
DENIED = re.compile(r"\b(NO|NOT|NEITHER)\b")


class Tells(Enum):
    CONSENT = auto()
    CONSENT_AGAIN = auto()
    ENROLMENT = auto()
    DEATH = auto()
    LOST = auto()
    SEEN = auto()
    END = auto()
    NOTHING = auto()


def term_of(row: Row) -> str:
    decoded = row.term("DSDECOD")
    return decoded if decoded not in NOTHING_SAID else row.term("DSTERM") or decoded


def told_by(row: Row) -> Tells:
    term = term_of(row)
    if term in CONSENTED or AGAIN.search(term):
        again = AGAIN.search(term) or AGAIN.search(row.term("DSTERM"))
        return Tells.CONSENT_AGAIN if again else Tells.CONSENT
    if term in ENROLLED:
        return Tells.ENROLMENT
    if DIED.search(term) and not DENIED.search(term):
        return Tells.DEATH
    return _of_course(term, ends=is_disposition(row))


def _of_course(term: str, *, ends: bool) -> Tells:
    if LOST.search(term):
        return Tells.END if ends else Tells.LOST
    if SEEN.search(term) and not NOT_SEEN.search(term) and not DIED.search(term):
        return Tells.SEEN
    return Tells.END if ends else Tells.NOTHING


def is_disposition(row: Row) -> bool:
    return row.term("DSCAT") in DISPOSITION


def is_loss(row: Row) -> bool:
    return bool(LOST.search(term_of(row)))
