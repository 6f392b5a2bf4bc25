"""How treatment and survival went on: end of treatment, contacts and death from DS and DM."""

from collections.abc import Iterator, Sequence

from sdtm import terms
from sdtm.entering import CONSENT, ENROLLED
from sdtm.filled import Filled, Occasion
from sdtm.ledger import Ledger
from sdtm.reading import Row

PARTICIPATION = "STUDY PARTICIPATION"


def forms(dm: Row, ds: Sequence[Row], ledger: Ledger) -> Iterator[Filled]:
    """In the order in which they can be saved."""
    death = terms.day(dm["DTHDTC"])
    yield from contacts(dm, [row for row in ds if _is_contact(row)], death, ledger)
    ends = [row for row in ds if _is_end(row)]
    yield from end_of_treatment(ends, ledger)
    yield from deaths(dm, [row for row in ends if row["DSDECOD"].upper() == "DEATH"], ledger)
    known = [row for row in ds if row["DSDECOD"].upper() in (*ENROLLED, *CONSENT)]
    for row in ds:
        if not _is_contact(row) and row not in ends and row not in known:
            ledger.refuse(row, f"{row['DSCAT'] or 'this milestone'} {row['DSDECOD']} has no form here")


def _is_contact(row: Row) -> bool:
    return row["DSCAT"].upper() == "OTHER EVENT"


def _is_end(row: Row) -> bool:
    return row["DSCAT"].upper() in ("DISPOSITION EVENT", "") and row["DSDECOD"].upper() not in (*CONSENT, *ENROLLED)


def end_of_treatment(rows: Sequence[Row], ledger: Ledger) -> Iterator[Filled]:
    """The one row about treatment; where the data do not tell treatment from participation, the only one there is."""
    of_treatment = [row for row in rows if row["DSSCAT"].upper() != PARTICIPATION] or list(rows)
    ledger.refuse(of_treatment[1:], "a second end of treatment: the form is filled once a subject")
    ledger.refuse([row for row in rows if row not in of_treatment], "the end of participation has no form here")
    for row in of_treatment[:1]:
        term = row["DSDECOD"].upper()
        reason = terms.END_REASONS.get(term)
        if reason is None:
            ledger.remark(row, f"{term} is not among the reasons of the form: kept as other, in its own words")
        record = {
            "end_date": terms.whole_day(row["DSSTDTC"]),
            "reason": reason or "OTHER",
            "explanation": row["DSTERM"] if row["DSTERM"].upper() != reason else "",
        }
        occasion = Occasion("end_of_treatment", row["VISIT"].capitalize() or "End of treatment", record["end_date"])
        yield Filled("end_of_treatment", record, behind={"end_date": [row], "reason": [row]}, occasion=occasion)


def contacts(dm: Row, rows: Sequence[Row], death: str, ledger: Ledger) -> Iterator[Filled]:
    """One follow-up a day on which the subject was seen alive: each other event of DS, and the end of participation."""
    seen: dict[str, list[Row]] = {}
    for row in rows:
        if on := terms.day(row["DSSTDTC"]):
            seen.setdefault(on, []).append(row)
        else:
            ledger.refuse(row, "a contact without a date that can be read")
    last = terms.day(dm["RFPENDTC"])
    if last and last > max(seen, default="") and (not death or last < death):
        seen[last] = [dm]
    for on, behind in sorted(seen.items()):
        if death and on >= death:
            ledger.refuse(behind, f"a contact on or after the day of death, {death}, says nothing of being alive")
            continue
        record = {"contact_date": on, "vital_status": "ALIVE", "new_therapy_given": "U"}
        yield Filled("follow_up", record, behind={"contact_date": behind}, occasion=_seen(on, behind[0]))


def _seen(on: str, row: Row) -> Occasion:
    label = row["DSTERM"].capitalize() if row.domain == "DS" else "End of participation"
    return Occasion("follow_up", label[:80], on)


def deaths(dm: Row, rows: Sequence[Row], ledger: Ledger) -> Iterator[Filled]:
    """DM dates a death, or else its row in DS; of what, DM and DS do not say."""
    on = terms.day(dm["DTHDTC"]) or next((terms.day(row["DSSTDTC"]) for row in rows), "")
    if on:
        behind = [dm] if dm["DTHDTC"] else list(rows)
        yield Filled("death", {"death_date": on, "cause": "UNKNOWN"}, behind={"death_date": behind})
    elif dm["DTHFL"].upper() == "Y":
        ledger.refuse_value(dm, "DTHFL", "a death without a date")
