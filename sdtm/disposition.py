"""How treatment and survival went on: end of treatment, contacts and death from DS and DM."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sdtm import dates, terms
from sdtm.events import Tells, is_disposition, is_loss, term_of, told_by
from sdtm.filled import FilledForm, Occasion
from sdtm.ledger import Ledger
from sdtm.reading import Row

PARTICIPATION = "STUDY PARTICIPATION"
AFTER_TREATMENT = ("FOLLOW-UP", "FOLLOW UP", "LONG-TERM FOLLOW-UP", "SURVIVAL FOLLOW-UP")
FLAGS = ("Y", "YES", "N", "NO", "")
DEAD_SINCE_WHEN = "a death without a date that can be read: its form is a draft until somebody dates it"
WHEN = ("death_date", "The imported data tell that the subject died, and no date of it that can be read: when was it?")


@dataclass
class ReportedDeath:
    """Whether the data say that the subject died, and when: `on` is "" where they give no date that can be read."""

    on: str = ""
    told: bool = False
    behind: list[Row] = field(default_factory=list)


def forms(dm: Row, ds: Sequence[Row], ledger: Ledger) -> Iterator[FilledForm]:
    """In the order in which they can be saved."""
    by_kind: dict[Tells, list[Row]] = {kind: [] for kind in Tells}
    for row in ds:
        by_kind[told_by(row)].append(row)
    _tell_losses_of_follow_up(by_kind)
    death = death_of(dm, by_kind[Tells.DEATH], ledger)
    yield from contacts(dm, by_kind[Tells.SEEN], by_kind[Tells.LOST], _days_of_loss(ds), death, ledger)
    of_death = [row for row in by_kind[Tells.DEATH] if is_disposition(row)]
    yield from end_of_treatment([*by_kind[Tells.END], *of_death], ledger)
    yield from deaths(dm, death, ledger)
    for row in by_kind[Tells.NOTHING]:
        ledger.refuse(row, f"{row['DSCAT'] or 'this milestone'} {term_of(row)} has no form here")


def _tell_losses_of_follow_up(by_kind: dict[Tells, list[Row]]) -> None:
    """Beside an end of treatment, the end of participation of a lost subject is a follow-up that met nobody."""
    of_participation = [row for row in by_kind[Tells.END] if is_loss(row) and _is_of_participation(row)]
    if any(not _is_of_participation(row) for row in by_kind[Tells.END]):
        by_kind[Tells.END] = [row for row in by_kind[Tells.END] if row not in of_participation]
        by_kind[Tells.LOST] += of_participation


def _days_of_loss(ds: Sequence[Row]) -> set[str]:
    """The days on which somebody gave up looking for the subject: nobody saw the subject on these."""
    return {row.day().on for row in ds if is_loss(row)} - {""}


def end_of_treatment(rows: Sequence[Row], ledger: Ledger) -> Iterator[FilledForm]:
    """The last row about treatment: it has ended when its last part has. Participation, where nothing else is told."""
    of_treatment = [row for row in rows if not _is_of_participation(row)] or list(rows)
    ledger.refuse([row for row in rows if row not in of_treatment], "the end of participation has no form here")
    if not of_treatment:
        return
    last = max(of_treatment, key=lambda row: row.day().on)
    _list_other_ends(of_treatment, last, ledger)
    reason = terms.END_REASONS.get(term_of(last))
    if reason is None:
        ledger.remark(last, f"{term_of(last)} is not among the reasons of the form: kept as other, in its own words")
    on = last.day()
    if on and not on.whole:
        ledger.refuse_value(last, "DSSTDTC", "the end of treatment must be a whole date")
    record = {
        "end_date": on.whole,
        "reason": reason or "OTHER",
        "explanation": last["DSTERM"] if last.term("DSTERM") != reason else "",
    }
    occasion = Occasion("end_of_treatment", last["VISIT"].capitalize() or "End of treatment", record["end_date"])
    yield FilledForm("end_of_treatment", record, behind={name: [last] for name in record}, occasion=occasion)


def _is_of_participation(row: Row) -> bool:
    return row.term("DSSCAT") == PARTICIPATION or row.term("EPOCH") in AFTER_TREATMENT


def _list_other_ends(rows: Sequence[Row], last: Row, ledger: Ledger) -> None:
    for row in rows:
        if row is last:
            continue
        when = "on the same day" if row.day().on == last.day().on else "earlier"
        ledger.refuse(row, f"a second end of treatment, {when}: the form tells the last one, {term_of(last)}")


def contacts(
    dm: Row, seen: Sequence[Row], lost: Sequence[Row], losses: set[str], death: ReportedDeath, ledger: Ledger
) -> Iterator[FilledForm]:
    """One follow-up a day: on which the subject was seen, or on which it was found to be lost."""
    rows_on = _by_day(seen, "a contact", ledger)
    lost_on = _by_day(lost, "a loss to follow-up", ledger)
    _add_end_of_participation(dm, rows_on, losses, death, ledger)
    for on in sorted({*rows_on, *lost_on}, key=lambda on: (dates.place(on), on)):
        behind = rows_on.get(on, []) + lost_on.get(on, [])
        if death.on and not _may_be_before(on, death.on):
            why = f"a contact on or after the day of death, {death.on}, says nothing of being alive"
            ledger.refuse([row for row in behind if row.domain == "DS"], why)
        else:
            status = "ALIVE" if on in rows_on else "UNKNOWN"
            record = {"contact_date": on, "vital_status": status, "new_therapy_given": "U"}
            yield FilledForm("follow_up", record, behind={"contact_date": behind}, occasion=_seen(on, behind[0]))


def _may_be_before(on: str, death: str) -> bool:
    """A subject seen in the year or month of a death that is dated no closer was alive then."""
    return dates.before(on, death) or (len(death) < dates.WHOLE and dates.agree(on, death))


def _by_day(rows: Sequence[Row], what: str, ledger: Ledger) -> dict[str, list[Row]]:
    by_day: dict[str, list[Row]] = {}
    for row in rows:
        if on := row.day().on:
            by_day.setdefault(on, []).append(row)
        else:
            ledger.refuse(row, f"{what} without a date that can be read", "DSSTDTC")
    return by_day


def _add_end_of_participation(
    dm: Row, rows_on: dict[str, list[Row]], losses: set[str], death: ReportedDeath, ledger: Ledger
) -> None:
    """RFPENDTC is the last contact, unless it is the day of death, or that on which the subject was given up."""
    on = dm.day("RFPENDTC").on
    if not on or on in rows_on:
        return
    if not death.told and dm.term("DTHFL") not in FLAGS:
        ledger.refuse_value(dm, "RFPENDTC", "it may be the day of a death: DTHFL does not say whether there was one")
    elif death.told and not death.on:
        ledger.refuse_value(dm, "RFPENDTC", "it may be the day of the death, which has no date")
    elif on in losses:
        ledger.refuse_value(dm, "RFPENDTC", "the subject was lost to follow-up on that day")
    elif death.on and dates.before(death.on, on):
        ledger.refuse_value(dm, "RFPENDTC", f"it is after the day of the death, {death.on}")
    elif (not death.on or dates.before(on, death.on)) and on > max(rows_on, default=""):
        rows_on[on] = [dm]


def _seen(on: str, row: Row) -> Occasion:
    label = row["DSTERM"].capitalize() if row.domain == "DS" else "End of participation"
    return Occasion("follow_up", label[:80], on)


def death_of(dm: Row, rows: Sequence[Row], ledger: Ledger) -> ReportedDeath:
    """DM dates a death; else, or where it knows no more than the month, the earliest row of DS."""
    flag, by_dm = dm.term("DTHFL"), dm.day("DTHDTC")
    death = ReportedDeath(told=bool(rows or dm["DTHDTC"] or flag in ("Y", "YES")))
    dated = sorted((row for row in rows if row.day()), key=lambda row: dates.in_order(row.day().on))
    death.on = by_dm.on or next((row.day().on for row in dated), "")
    # A whole date that the partial one may be says the same, and more.
    death.on = next((row.day().on for row in dated if _is_closer(row.day().on, death.on)), death.on)
    for row in rows:
        if row.day() and not dates.agree(row.day().on, death.on):
            ledger.refuse(row, f"the death is dated {row.day().on} here; {death.on} was taken", "DSSTDTC")
    if death.told and flag in ("N", "NO"):
        ledger.refuse_value(dm, "DTHFL", "a death is told elsewhere")
    if flag not in FLAGS:
        ledger.refuse_value(dm, "DTHFL", f"“{dm['DTHFL']}” does not say whether the subject died")
    death.behind = [dm] if by_dm or not rows else []
    death.behind += [row for row in rows if not death.on or dates.agree(row.day().on, death.on) or not row.day()]
    return death


def _is_closer(on: str, known: str) -> bool:
    return len(on) > len(known) and dates.agree(on, known)


def deaths(dm: Row, death: ReportedDeath, ledger: Ledger) -> Iterator[FilledForm]:
    """Of what, DM and DS do not say. A death without a date is a draft: nobody is alive because a date is lacking."""
    if not death.told:
        return
    if not death.on:
        for row in death.behind:
            ledger.remark(row, DEAD_SINCE_WHEN)
    record = {"death_date": death.on, "cause": "UNKNOWN"}
    yield FilledForm("death", record, behind={"death_date": death.behind, "cause": death.behind}, question=WHEN)
