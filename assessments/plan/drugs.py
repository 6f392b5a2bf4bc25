"""Where the forms hold what they ask of each study drug: relation and action of an event, the last dose.

Columns are the program's and drugs the protocol's. Three drugs have columns of their own; any other one takes the next
free ones (`related_drug_1`), in the order of the file, so that an amendment adds drugs behind those that were there.
"""

from decimal import Decimal

from assessments.codelists import Strength
from protocol import Protocol
from protocol.regimen import Drug

NAMED = ("everolimus", "trastuzumab", "paclitaxel")
MOST_OTHERS = 6
NUMBERED = tuple(f"drug_{number}" for number in range(1, MOST_OTHERS + 1))
COLUMNS = (*NAMED, *NUMBERED)


def columns(protocol: Protocol) -> dict[str, Drug]:
    """By how their columns end the drugs of the regimen: {"everolimus": ..., "drug_1": ...}."""
    others = iter(NUMBERED)
    drugs = protocol.regimen.drugs
    by_column = {drug.code: drug for drug in drugs if drug.code in NAMED}
    # More than there are columns for are refused when the file is read (protocol_fit).
    by_column |= dict(zip(others, (drug for drug in drugs if drug.code not in NAMED), strict=False))
    return by_column


def of_tablets(protocol: Protocol) -> tuple[Drug, ...]:
    """The drugs whose tablets are handed out, in the order of the regimen: those whose strengths the file states, and
    everolimus, whose strengths the form has."""
    return tuple(
        drug for drug in protocol.regimen.drugs if drug.route == "oral" and (drug.tablets_mg or drug.code == NAMED[0])
    )


def strengths_of(drug: Drug) -> tuple[Decimal, ...]:
    """Of its tablets, in mg: the file's; of everolimus those of the form, where the file states none."""
    named_strengths = tuple(map(Decimal, Strength.values)) if drug.code == NAMED[0] else ()
    return drug.tablets_mg or named_strengths


def without_columns(protocol: Protocol) -> list[str]:
    """The drugs that no columns are left for."""
    held = {drug.code for drug in columns(protocol).values()}
    return [drug.code for drug in protocol.regimen.drugs if drug.code not in held]
