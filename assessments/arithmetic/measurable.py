"""From which size on a lesion is measurable, by the version of RECIST and the method. Pure.

Sources: RECIST 1.0, Therasse et al., J Natl Cancer Inst 2000;92:205-216; RECIST 1.1, Eisenhauer et al.,
Eur J Cancer 2009;45:228-247.
"""

from decimal import Decimal
from typing import Literal

Version = Literal["1.0", "1.1"]
NODE_WORDS = ("node", "lymph")
_SPIRAL = ("spiral ct", "helical ct", "multidetector ct", "mdct")
_NOT_MEASURED = ("ultrasound", "endoscopy", "pet", "bone scan", "scintigraphy")


def is_node(organ: str) -> bool:
    """Whether an organ names a lymph node; all lymph nodes together are one organ."""
    return any(word in organ.casefold() for word in NODE_WORDS)


def least_mm(*, version: Version, method: str, node: bool = False) -> Decimal | None:
    """The least longest diameter in mm (in 1.1 of a node: the short axis); None by a method that measures nothing."""
    how = " ".join(method.casefold().replace("-", " ").split())
    if any(word in how.split() or word == how for word in _NOT_MEASURED):
        return None
    if version == "1.0":
        return Decimal(10 if any(word in how for word in _SPIRAL) else 20)
    if node:
        return Decimal(15)
    return Decimal(20 if "x ray" in how or "xray" in how or "radiograph" in how else 10)
