"""What a stratum of a list is called on pages and papers."""

from protocol import in_force

ALL = "all subjects"


def in_words(stratum: str) -> str:
    """A stratum as people read it: the labels of its items in place of their names."""
    given = in_force().randomisation
    labels = {stratum_of.item: stratum_of.label for stratum_of in given.strata} if given else {}
    parts = (part.partition("=") for part in stratum.split(", ") if part)
    return ", ".join(f"{labels.get(item, item)}{': ' if sign else ''}{level}" for item, sign, level in parts) or ALL
