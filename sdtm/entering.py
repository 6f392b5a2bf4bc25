"""How a subject came into the trial and what was given: consent, demography and study drug from DM, DS and EX."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR

from sdtm import dates, numbers, terms
from sdtm.events import Tells, told_by
from sdtm.filled import FilledForm, Occasion
from sdtm.ledger import Ledger
from sdtm.reading import Row

UNTREATED = ("SCRNFAIL", "NOTASSGN", "SCREEN FAILURE", "NOT ASSIGNED")
NOT_AN_ARM = (*UNTREATED, "NOTTRT", "NOT TREATED", "")
MOST_ROWS = 200
IN_A_YEAR = dict.fromkeys(("", "YEARS", "YEAR", "YRS", "YR", "Y", "A"), 1) | dict.fromkeys(("MONTHS", "MONTH"), 12)
NO_DAY_OF_CONSENT = "a consent without a date that can be read"


def consent(dm: Row, ds: Sequence[Row], ledger: Ledger) -> FilledForm | None:
    """The earliest of the milestones in DS and of RFICDTC; None where the data have no date of it."""
    first = [row for row in ds if told_by(row) is Tells.CONSENT]
    ledger.refuse([row for row in first if not row.day()], NO_DAY_OF_CONSENT, "DSSTDTC")
    days = [row.day().on for row in first if row.day()] + [dm.day("RFICDTC").on]
    on = min(filter(None, days), key=dates.in_order, default="")
    later = [row for row in ds if told_by(row) is Tells.CONSENT_AGAIN]
    later += [row for row in first if row.day() and row.day().on != on]
    first_on = f"the first one, on {on}, is on the form" if on else "the data do not tell the first one"
    ledger.refuse(later, f"a later consent: {first_on}")
    if not on:
        return None
    behind = [row for row in first if row.day().on == on]
    if dm.day("RFICDTC").on == on:
        behind.append(dm)
    elif dm.day("RFICDTC"):
        ledger.refuse_value(dm, "RFICDTC", f"DS tells an earlier consent, on {on}")
    record = {"consent_given": "Y", "consent_date": on}
    return FilledForm("consent", record, behind={"consent_date": behind}, occasion=_screening(on))


def demography(dm: Row, ledger: Ledger) -> FilledForm:
    record = {
        "birth_date": dm.day("BRTHDTC").on,
        "age": _age(dm, ledger),
        "sex": terms.SEXES.get(dm.term("SEX"), dm.term("SEX")),
        "race": dm.term("RACE"),
        "ethnicity": dm.term("ETHNIC"),
    }
    return FilledForm("demography", record, behind={"DM": [dm]}, occasion=_screening(dm.day("DMDTC").on))


def _age(dm: Row, ledger: Ledger) -> str:
    value, in_a_year = numbers.read(dm, "AGE").value, IN_A_YEAR.get(dm.term("AGEU"))
    if dm["AGE"] and in_a_year is None:
        ledger.refuse_value(dm, "AGE", f"the age is in {dm['AGEU'].lower()}, the form takes years")
    if value is None or in_a_year is None:
        return ""
    years = value / in_a_year
    if 0 < years != years.to_integral_value():
        ledger.remark(dm, f"an age of {dm['AGE']} {dm['AGEU'].lower()}: kept in completed years".replace("  ", " "))
        years = years.to_integral_value(ROUND_FLOOR)
    return numbers.written(years)


def _screening(on: str) -> Occasion | None:
    return Occasion("screening", "Screening", on) if on else None


def exposure(rows: Sequence[Row], ledger: Ledger) -> FilledForm | None:
    """One interval a row of EX. Dose 0 was given where the drug is a placebo; else it is an interruption."""
    taken = [row for row in rows if _has_start(row, ledger) and _says_whether_given(row, ledger)]
    ledger.refuse(taken[MOST_ROWS:], f"more than {MOST_ROWS} intervals of study drug do not fit into one form")
    intervals = [_interval(row, ledger) for row in taken[:MOST_ROWS]]
    _remark_contradictions(taken, ledger)
    if not intervals:
        return None
    return FilledForm(
        "exposure",
        {"any_given": "Y" if any(interval["given"] == "Y" for interval in intervals) else "N"},
        intervals,
        {f"rows-{number}": [row] for number, row in enumerate(taken[:MOST_ROWS])},
    )


def _remark_contradictions(rows: Iterable[Row], ledger: Ledger) -> None:
    """Of two rows about one drug from one day on, one may say that it was given and one that it was not: both stay."""
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        before = first.setdefault((row.term("EXTRT"), row.day().on), row)
        if _given(before) != _given(row):
            ledger.remark(row, f"row {before.number} says otherwise of whether it was given on that day: both are kept")


def _has_start(row: Row, ledger: Ledger) -> bool:
    if not row.day().whole:
        ledger.refuse(row, "the start of a dose must be a whole date", "EXSTDTC")
        return False
    return True


def _says_whether_given(row: Row, ledger: Ledger) -> bool:
    if _given(row):
        return True
    stated = row["EXOCCUR"] or row["EXDOSE"]
    unclear = f"“{stated}” does not say whether the drug was given"
    why = unclear if stated else "neither a dose nor EXOCCUR says that it was given"
    ledger.refuse(row, why, "EXOCCUR" if row["EXOCCUR"] else "EXDOSE")
    return False


def _given(row: Row) -> str:
    """Y, N, or "" where the row does not tell. A dose that is told was given, unless EXOCCUR or EXSTAT deny it."""
    if row.term("EXSTAT") == terms.NOT_DONE or row.term("EXOCCUR") in ("N", "NO"):
        return "N"
    if row["EXOCCUR"] and row.term("EXOCCUR") not in ("Y", "YES"):
        return ""
    dose = numbers.read(row, "EXDOSE").value
    if dose is not None and not dose and "PLACEBO" not in row.term("EXTRT"):
        return "N"
    return "Y" if row["EXOCCUR"] or (dose is not None and dose >= 0) or row["EXDOSTXT"] else ""


def _interval(row: Row, ledger: Ledger) -> dict[str, str]:
    end = row.day("EXENDTC")
    if end and not end.whole:
        ledger.refuse_value(row, "EXENDTC", "the end of a dose must be a whole date")
    if _given(row) == "N" and row.term("EXOCCUR") in ("Y", "YES"):
        ledger.remark(row, "EXOCCUR says that it was given, at dose 0: kept as an interruption")
    return {
        "treatment": row["EXTRT"],
        "given": _given(row),
        "start_date": row.day().whole,
        "end_date": end.whole,
        "dose": numbers.written(numbers.read(row, "EXDOSE").value),
        "dose_unit": row["EXDOSU"],
        "dose_form": row["EXDOSFRM"],
        "frequency": row["EXDOSFRQ"],
        "route": row["EXROUTE"],
    }


def assigned(dm: Row) -> str:
    """The arm that the subject was assigned to, "" for one who never entered the trial."""
    if dm.term("ARMCD") in UNTREATED or dm.term("ARM") in UNTREATED:
        return ""
    names = (dm["ARM"], dm["ARMCD"], dm["ACTARM"], dm["ACTARMCD"])
    return next((name for name in names if name.upper() not in NOT_AN_ARM), "")


def enrolled_on(dm: Row, ds: Sequence[Row], exposed: FilledForm | None, ledger: Ledger) -> tuple[str, list[Row]]:
    """(the day, the rows of DS that tell it): the first milestone, else the earlier of RFSTDTC and the first dose."""
    rows = [row for row in ds if told_by(row) is Tells.ENROLMENT]
    ledger.refuse([row for row in rows if not row.day().whole], "the day of enrolment must be a whole date", "DSSTDTC")
    milestone = min((row.day().whole for row in rows if row.day().whole), default="")
    later = [row for row in rows if row.day().whole and row.day().whole != milestone]
    ledger.refuse(later, f"a later enrolment or randomisation: the first one, on {milestone}, counts")
    given = [row["start_date"] for row in (exposed.rows if exposed else ()) if row["given"] == "Y"]
    starts = [dm.day("RFSTDTC").whole, *given]
    on = milestone or min(filter(None, starts), default="")
    return on, [row for row in rows if milestone and row.day().whole == milestone]
