"""One lesion at one assessment, from the rows of TR that measure or describe it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from assessments.codelists import LesionKind, LesionState
from sdtm import terms
from sdtm.ledger import Ledger
from sdtm.reading import Row

DIAMETERS = ("DIAMETER", "LDIAM", "LPERP", "SAXIS")
MILLIMETRES = {"mm": 1, "cm": 10, "": 1}


@dataclass
class Known:
    """A lesion as it was identified: `link` ties it to its results, `label` is its name once it was saved."""

    link: str
    kind: LesionKind
    location: str
    location_detail: str
    method: str
    row: Row | None = None
    label: str = ""

    @property
    def is_node(self) -> bool:
        return "LYMPH NODE" in self.location

    def told(self) -> dict[str, str]:
        named = {"kind": self.kind, "location": self.location, "location_detail": self.location_detail[:100]}
        return named | {"method": self.method, "label": self.label}


def identified(row: Row, ledger: Ledger) -> Known | None:
    """A lesion from its row of TU; None, with the reason in the ledger, for a row that identifies none."""
    kind = terms.KINDS.get(row["TUSTRESC"].upper())
    if row["TUTESTCD"] not in ("TUMIDENT", "LESIDENT", "") or kind is None:
        ledger.refuse(row, f"{row['TUSTRESC'] or row['TUTESTCD']} is neither a target, a non-target nor a new lesion")
        return None
    if not row["TULNKID"]:
        ledger.refuse(row, "a lesion without TULNKID cannot be told from others")
        return None
    organ, detail = terms.location(row["TULOC"])
    if organ == "OTHER" and row["TULOC"].upper() != "OTHER":
        ledger.remark(row, f"{row['TULOC']} is not among the organs of the form: kept as other, in its own words")
    return Known(row["TULNKID"], kind, organ, detail, _method(row, "TUMETHOD", ledger) or "UNKNOWN", row)


def _method(row: Row, variable: str, ledger: Ledger) -> str:
    found = terms.method(row[variable])
    if found is None:
        ledger.refuse_value(row, variable, f"{row[variable]} is not among the methods of the form")
    return found or ""


def finding(lesion: Known, rows: Sequence[Row], version: str, ledger: Ledger) -> tuple[dict[str, Any], list[Row]]:
    """(the row of the form, the rows of TR behind it) of one lesion; rows that say nothing more go to the ledger."""
    measured = [row for row in rows if row["TRTESTCD"] in DIAMETERS]
    states = [row for row in rows if row["TRTESTCD"] == "TUMSTATE"]
    chosen = _chosen(lesion, measured, states, version)
    if chosen is None:
        return lesion.told(), []
    state, size = _state(lesion, chosen, ledger)
    if size is not None and state is None:
        state = LesionState.MEASURED if size else LesionState.ABSENT
    behind = [chosen, *(row for row in rows if row is not chosen and _says_the_same(row, chosen))]
    others = [row for row in rows if row not in behind]
    ledger.refuse(others, f"the form takes one finding a lesion, here {chosen['TRTESTCD']}")
    on = terms.day(chosen["TRDTC"])
    if chosen["TRDTC"] and not on:
        ledger.refuse_value(chosen, "TRDTC", "not a date of ISO 8601")
    told = {
        "state": state or "",
        "diameters_mm": str(size) if size and state == LesionState.MEASURED else "",
        "examined_on": on,
    }
    how = _method(chosen, "TRMETHOD", ledger) if chosen["TRMETHOD"] else lesion.method
    return lesion.told() | told | {"method": how or lesion.method}, behind


def _chosen(lesion: Known, measured: Sequence[Row], states: Sequence[Row], version: str) -> Row | None:
    """The row that counts: of a target lesion the diameter that RECIST sums, of any other its state."""
    short = lesion.is_node and version == "1.1"
    order = ("DIAMETER", "SAXIS", "LPERP", "LDIAM") if short else ("DIAMETER", "LDIAM", "LPERP", "SAXIS")
    diameters = sorted(measured, key=lambda row: order.index(row["TRTESTCD"]))
    targets = lesion.kind == LesionKind.TARGET
    return next(iter([*diameters, *states] if targets else [*states, *diameters]), None)


def _state(lesion: Known, row: Row, ledger: Ledger) -> tuple[LesionState | None, Decimal | None]:
    if row["TRSTAT"].upper() == terms.NOT_DONE:
        return LesionState.NOT_ASSESSED, None
    told = row["TRSTRESC"].upper() or row["TRORRES"].upper()
    if told in terms.STATES[lesion.kind]:
        return terms.STATES[lesion.kind][told], None
    if row["TRTESTCD"] in DIAMETERS and lesion.kind != LesionKind.NON_TARGET and (size := millimetres(row)) is not None:
        return None, size
    ledger.refuse(row, f"{told or 'no value'} says nothing that the form of a {lesion.kind.label.lower()} lesion takes")
    return None, None


def millimetres(row: Row) -> Decimal | None:
    """The result in mm, as the standardised result tells it, else the original one; None for anything else."""
    value, unit = (row["TRSTRESN"] or row["TRSTRESC"]), row["TRSTRESU"]
    if not value:
        value, unit = row["TRORRES"], row["TRORRESU"]
    try:
        return Decimal(value) * MILLIMETRES[unit.lower()]
    except (InvalidOperation, KeyError):
        return None


def _says_the_same(row: Row, chosen: Row) -> bool:
    """Another row about the lesion that the finding already tells: an equal diameter, or not done as well."""
    if row["TRSTAT"].upper() == chosen["TRSTAT"].upper() == terms.NOT_DONE:
        return True
    size = millimetres(row)
    return size is not None and size == millimetres(chosen)
