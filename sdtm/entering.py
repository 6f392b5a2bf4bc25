"""How a subject came into the trial and what was given: consent, demography and study drug from DM, DS and EX."""

from collections.abc import Iterable, Sequence

from sdtm import terms
from sdtm.filled import Filled, Occasion
from sdtm.ledger import Ledger
from sdtm.reading import Row

CONSENT = ("INFORMED CONSENT OBTAINED", "INFORMED CONSENT")
ENROLLED = ("RANDOMIZED", "ENROLLED", "ENTERED INTO TRIAL")
UNTREATED = ("SCRNFAIL", "NOTASSGN", "SCREEN FAILURE", "NOT ASSIGNED", "")
MOST_ROWS = 200


def consent(dm: Row, ds: Iterable[Row]) -> Filled | None:
    """From the milestone in DS, else from RFICDTC; None where the data have neither."""
    told = next((row for row in ds if row["DSDECOD"].upper() in CONSENT), None)
    on = terms.day(told["DSSTDTC"] if told else dm["RFICDTC"])
    if not on:
        return None
    record = {"consent_given": "Y", "consent_date": on}
    return Filled("consent", record, behind={"consent_date": [told or dm]}, occasion=_screening(on))


def demography(dm: Row, ledger: Ledger) -> Filled:
    age = dm["AGE"] if dm["AGEU"].upper() in ("YEARS", "") else ""
    if dm["AGE"] and not age:
        ledger.refuse_value(dm, "AGE", f"the age is in {dm['AGEU'].lower()}, the form takes years")
    record = {
        "birth_date": terms.day(dm["BRTHDTC"]),
        "age": age,
        "sex": dm["SEX"].upper(),
        "race": dm["RACE"].upper(),
        "ethnicity": dm["ETHNIC"].upper(),
    }
    return Filled("demography", record, behind={"DM": [dm]}, occasion=_screening(terms.day(dm["DMDTC"])))


def _screening(on: str) -> Occasion | None:
    return Occasion("screening", "Screening", on) if on else None


def exposure(rows: Sequence[Row], ledger: Ledger) -> Filled | None:
    """One interval a row of EX. Dose 0 was given where the drug is a placebo; else it is an interruption."""
    ledger.refuse(rows[MOST_ROWS:], f"more than {MOST_ROWS} intervals of study drug do not fit into one form")
    taken = [row for row in rows[:MOST_ROWS] if _has_start(row, ledger)]
    if not taken:
        return None
    taken.sort(key=lambda row: (terms.day(row["EXSTDTC"]), row.number))
    intervals = [_interval(row, ledger) for row in taken]
    return Filled(
        "exposure",
        {"any_given": "Y" if any(interval["given"] == "Y" for interval in intervals) else "N"},
        intervals,
        {f"rows-{number}": [row] for number, row in enumerate(taken)},
    )


def _has_start(row: Row, ledger: Ledger) -> bool:
    if not terms.whole_day(row["EXSTDTC"]):
        ledger.refuse(row, "the start of a dose must be a whole date")
        return False
    return True


def _interval(row: Row, ledger: Ledger) -> dict[str, str]:
    end = terms.whole_day(row["EXENDTC"])
    if row["EXENDTC"] and not end:
        ledger.refuse_value(row, "EXENDTC", "the end of a dose must be a whole date")
    interrupted = row["EXOCCUR"] == "N" or (_is_zero(row["EXDOSE"]) and "PLACEBO" not in row["EXTRT"].upper())
    return {
        "treatment": row["EXTRT"],
        "given": "N" if interrupted else "Y",
        "start_date": terms.whole_day(row["EXSTDTC"]),
        "end_date": end,
        "dose": row["EXDOSE"],
        "dose_unit": row["EXDOSU"],
        "dose_form": row["EXDOSFRM"],
        "frequency": row["EXDOSFRQ"],
        "route": row["EXROUTE"],
    }


def _is_zero(text: str) -> bool:
    return text != "" and text.strip("0.") == ""


def assigned(dm: Row) -> str:
    """The arm that the subject was assigned to, "" for one who never entered the trial."""
    arm = dm["ARM"] or dm["ACTARM"]
    return "" if dm["ARMCD"].upper() in UNTREATED and arm.upper() in UNTREATED else arm


def enrolled_on(dm: Row, ds: Iterable[Row], exposed: Filled | None) -> str:
    """The milestone in DS, else the start of the study by RFSTDTC, else the first dose."""
    days = [terms.whole_day(row["DSSTDTC"]) for row in ds if row["DSDECOD"].upper() in ENROLLED]
    days += [terms.whole_day(dm["RFSTDTC"]), exposed.rows[0]["start_date"] if exposed else ""]
    return next((found for found in days if found), "")
