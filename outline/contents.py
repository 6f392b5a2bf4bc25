"""The whole outline of one version of the protocol: what the page and the PDF show."""

from outline.criteria import eligibility, history
from outline.parts import OutlinePart
from outline.plan import analysis, data
from outline.schedule import schedule
from outline.treatment import guidance, toxicity, treatment
from outline.trial import trial
from protocol import Protocol, under

PARTS = (trial, schedule, treatment, guidance, eligibility, history, toxicity, analysis, data)


def outline(protocol: Protocol) -> list[OutlinePart]:
    """Every value of the file, in parts; nothing is read but the file."""
    # Forms are called as this version calls them.
    with under(protocol):
        return [part for made in PARTS if (part := made(protocol)) is not None]
