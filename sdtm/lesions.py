"""One lesion at one assessment, from the rows of TR that measure or describe it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.codelists import LesionKind, LesionState
from sdtm import numbers, terms
from sdtm.ledger import Ledger
from sdtm.reading import Row
from values.numbers import read_result
from values.unreadable import UnreadableValue

DIAMETERS = ("DIAMETER", "LDIAM", "LPERP", "SAXIS")
MILLIMETRES = dict.fromkeys(("MM", "MILLIMETER", "MILLIMETERS", "MILLIMETRE", "MILLIMETRES"), 1)
MILLIMETRES |= dict.fromkeys(("CM", "CENTIMETER", "CENTIMETERS", "CENTIMETRE", "CENTIMETRES"), 10)
LONGEST_DETAIL = 100
ROUNDED = Decimal("0.05")
CONTRADICTS_NOT_DONE = "{} says that it was not done, which counts"


@dataclass
class KnownLesions:
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
        named = {"kind": self.kind, "location": self.location, "location_detail": self.location_detail}
        return named | {"method": self.method, "label": self.label}


@dataclass
class SdtmFinding:
    """What was found of a lesion, or of one fragment of it. `sizes` in mm, none where it was not measured."""

    state: str = ""
    sizes: list[Decimal] = field(default_factory=list)
    examined_on: str = ""
    method: str = ""
    behind: list[Row] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.sizes, Decimal(0))

    def told(self) -> dict[str, Any]:
        sizes = " + ".join(numbers.written(size) for size in self.sizes)
        return {"state": self.state, "diameters_mm": sizes, "examined_on": self.examined_on}


def identified(row: Row, ledger: Ledger) -> KnownLesions | None:
    """A lesion from its row of TU; None, with the reason in the ledger, for a row that identifies none."""
    kind = terms.KINDS.get(row.term("TUSTRESC") or row.term("TUORRES"))
    if row.test not in ("TUMIDENT", "LESIDENT", "") or kind is None:
        ledger.refuse(row, f"{row['TUSTRESC'] or row.test} is neither a target, a non-target nor a new lesion")
        return None
    if not row.link:
        ledger.refuse(row, "a lesion without TULNKID cannot be told from others")
        return None
    organ, detail = terms.location(row.term("TULOC"))
    if organ == "OTHER" and row.term("TULOC") != "OTHER":
        ledger.remark(row, f"{row['TULOC']} is not among the organs of the form: kept as other, in its own words")
    if len(detail) > LONGEST_DETAIL:
        ledger.refuse_value(row, "TULOC", f"it is longer than {LONGEST_DETAIL} characters")
        detail = ""
    return KnownLesions(row.link, kind, organ, detail, _method(row, "TUMETHOD", ledger) or "UNKNOWN", row)


def _method(row: Row, variable: str, ledger: Ledger) -> str:
    method = terms.method(row.term(variable))
    if method is None:
        ledger.refuse_value(row, variable, f"{row[variable]} is not among the methods of the form")
    return method or ""


def finding(lesion: KnownLesions, rows: Sequence[Row], version: str, ledger: Ledger) -> SdtmFinding:
    """From the rows about one lesion, or one fragment; those that say nothing more go to the ledger."""
    measured = [row for row in rows if row.test in DIAMETERS]
    states = [row for row in rows if row.test == "TUMSTATE"]
    chosen = _chosen(lesion, measured, states, version)
    if chosen is None:
        return SdtmFinding()
    state, size = _state(lesion, chosen, ledger)
    if size is not None and state is None:
        state = LesionState.MEASURED if size else LesionState.ABSENT
    behind = [chosen, *(row for row in rows if row is not chosen and _says_the_same(row, chosen))]
    others = [row for row in rows if row not in behind]
    ledger.refuse(others, f"the form takes one finding a lesion, here {chosen.test}")
    how = _method(chosen, "TRMETHOD", ledger) if chosen["TRMETHOD"] else lesion.method
    sizes = [size] if size and state == LesionState.MEASURED else []
    return SdtmFinding(state or "", sizes, chosen.day().on, how or lesion.method, behind if state else [])


def _chosen(lesion: KnownLesions, measured: Sequence[Row], states: Sequence[Row], version: str) -> Row | None:
    """The row that counts: of a target lesion the diameter that RECIST sums, of any other its state."""
    short = lesion.is_node and version == "1.1"
    order = ("DIAMETER", "SAXIS", "LPERP", "LDIAM") if short else ("DIAMETER", "LDIAM", "LPERP", "SAXIS")
    diameters = sorted(measured, key=lambda row: order.index(row.test))
    targets = lesion.kind == LesionKind.TARGET
    return next(iter([*diameters, *states] if targets else [*states, *diameters]), None)


def _state(lesion: KnownLesions, row: Row, ledger: Ledger) -> tuple[LesionState | None, Decimal | None]:
    stated = row.term("TRSTRESC") or row.term("TRORRES")
    if row.term("TRSTAT") == terms.NOT_DONE and stated and stated not in terms.UNSEEN:
        ledger.refuse_value(row, "TRSTRESC" if row["TRSTRESC"] else "TRORRES", CONTRADICTS_NOT_DONE.format("TRSTAT"))
    if row.term("TRSTAT") == terms.NOT_DONE or stated in terms.UNSEEN:
        return LesionState.NOT_ASSESSED, None
    if stated in terms.STATES[lesion.kind]:
        return terms.STATES[lesion.kind][stated], None
    if row.test in DIAMETERS and lesion.kind != LesionKind.NON_TARGET:
        return _measured(row, stated, ledger)
    ledger.refuse(
        row, f"{stated or 'no value'} says nothing that the form of a {lesion.kind.label.lower()} lesion takes"
    )
    return None, None


def _measured(row: Row, stated: str, ledger: Ledger) -> tuple[LesionState | None, Decimal | None]:
    try:
        if read_result(stated, decimal_mark=row.decimal_mark).qualifier == "<" and _number(row) is None:
            ledger.remark(row, f"{stated} is below what can be measured: kept as too small to measure")
            return LesionState.TOO_SMALL, None
    except UnreadableValue:
        pass  # the number of the result may be told apart from its text
    try:
        return None, _size(row)
    except UnreadableValue as fault:
        ledger.refuse(row, str(fault))
        return None, None


def _number(row: Row) -> Decimal | None:
    return numbers.read(row, "TRSTRESN").value


def millimetres(row: Row) -> Decimal | None:
    """The result in mm; None for anything that is no size."""
    try:
        return _size(row)
    except UnreadableValue:
        return None


def _size(row: Row) -> Decimal:
    """The result in mm, as the standardised result tells it, else the original one. Raises UnreadableValue."""
    original = _in_mm(row, ("TRORRES",), "TRORRESU")
    unit = "TRSTRESU" if row["TRSTRESU"] or not row["TRORRESU"] else ""
    stated = _in_mm(row, ("TRSTRESN", "TRSTRESC"), unit) if unit else None
    text = _in_mm(row, ("TRSTRESC",), unit) if unit else None
    if stated is not None and text is not None and abs(stated - text) > ROUNDED:
        raise UnreadableValue(f"TRSTRESN is {stated:f} mm and TRSTRESC {text:f} mm")
    if stated is None and original is None:
        raise UnreadableValue(_why_no_size(row))
    if stated is not None and original is not None and row["TRORRESU"] and abs(stated - original) > ROUNDED:
        raise UnreadableValue(f"the original result is {original:f} mm, the standardised one {stated:f} mm")
    return stated if stated is not None else original  # type: ignore[return-value]


def _in_mm(row: Row, variables: Sequence[str], unit: str) -> Decimal | None:
    """Without any unit a size is in mm, as every result of these tests is by the standard."""
    factor = MILLIMETRES.get(row.term(unit) or "MM")
    values = (numbers.read(row, variable).value for variable in variables)
    value = next((value for value in values if value is not None), None)
    return None if factor is None or value is None else value * factor


def _why_no_size(row: Row) -> str:
    unit = row["TRSTRESU"] or row["TRORRESU"]
    if unit and unit.upper() not in MILLIMETRES:
        return f"{unit} is not a unit of a size here: mm and cm are"
    value = row["TRSTRESN"] or row["TRSTRESC"] or row["TRORRES"] or "no value"
    return f"{value} is not a size in mm"


def _says_the_same(row: Row, chosen: Row) -> bool:
    """Another row about the lesion that the finding already tells: an equal diameter, or not done as well."""
    if row.term("TRSTAT") == chosen.term("TRSTAT") == terms.NOT_DONE:
        return True
    size = millimetres(row)
    return size is not None and size == millimetres(chosen)
