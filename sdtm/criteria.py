"""By which criterion a response was judged: RSCAT names it, and only the protocol's RECIST counts here."""

import re
from collections.abc import Iterable

from sdtm.ledger import Ledger
from sdtm.reading import Row

# Categories that name no criterion.
NEUTRAL = ("", "TUMOR RESPONSE", "TUMOUR RESPONSE", "OVERALL RESPONSE", "DISEASE RESPONSE", "RESPONSE", "INVESTIGATOR")
RECIST = re.compile(r"RECIST(?:[ ,]*(?:VERSION|VER\.?|V\.?)?[ ]*([0-9]\.[0-9]))?")
# Who judged, or what, names no other criterion.
BESIDE = re.compile(r"[ ,:;/()\-]+(?:INVESTIGATOR|INDEPENDENT|SITE|LOCAL|CENTRAL|CRITERIA|RESPONSE|ASSESSMENT)\b[)]?")


def of_protocol(rows: Iterable[Row], version: str, ledger: Ledger) -> list[Row]:
    """The responses by RECIST of this version; those by another criterion go to the ledger."""
    kept = []
    for row in rows:
        if _counts(row.term("RSCAT"), version):
            kept.append(row)
        else:
            ledger.refuse(row, f"{row['RSCAT']} is another criterion than RECIST {version}", "RSCAT")
    return kept


def _counts(category: str, version: str) -> bool:
    recist = RECIST.fullmatch(BESIDE.sub("", category))
    return category in NEUTRAL or (recist is not None and recist[1] in (None, version))
