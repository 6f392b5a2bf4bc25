"""The whole casebook of a synthetic subject, beside treatment, tumour and survival: which form is typed when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from demonstration.course import InventedCourse, own_chance
from demonstration.dosing import TAKEN, everolimus, infusions
from demonstration.examinations import Examined
from demonstration.logs import InventedEntry, adverse_events, deviations, medication, new_therapies, twice
from demonstration.samples import Form, Laboratory, screened
from demonstration.screening import screening
from demonstration.steps import Fill, MarkNotDone, Step, Withdraw
from demonstration.tablets import evaluation, hand_outs
from demonstration.toxicity import events
from protocol import current
from protocol.visits import CycleVisit

SAMPLES = ("haematology", "chemistry")
SCREENED = ("vital_signs", "ecg", "lvef", "pregnancy_test", *SAMPLES)
TREATED = ("vital_signs", "lvef", *SAMPLES)
LEFT_BLANK = {True: 0.045, False: 0.012}
DRAFTS = {True: 0.04, False: 0.006}
NO_SAMPLE = ("The sample clotted in transit.", "No blood was drawn: the veins were poor that day.")
NO_EXAMINATION = "The subject did not come back for it."
DAY = timedelta(1)


def casebook(course: InventedCourse, seed: int) -> Iterator[Step]:
    """Every form that `steps` does not know by itself, slips of the pen included, those of one day in order."""
    made = _Casebook(course, seed)
    # Events are known before the examinations at the end, and those before treatment is said to have ended.
    yield from made.screened()
    yield from made.treated()
    yield from made.taken_again()
    yield from made.dispensed()
    yield from made.in_logs()
    yield from made.ended()


class _Casebook:
    """Draws from streams of its own: what it adds changes nothing of treatment, tumour and survival."""

    def __init__(self, course: InventedCourse, seed: int) -> None:
        self.course, self.slot, self.rng = course, course.slot, own_chance(seed, course.slot, "casebook")
        self.given, self.taken = infusions(course, seed), everolimus(course, seed)
        self.harm = events(course, self.chance(seed, "harm"), self.given, self.taken)
        entry = screening(course, seed)
        self.examined = Examined(course, self.chance(seed, "examinations"), self.given, self.harm, entry)
        amounts = screened(entry["eligibility"][0])
        self.laboratory = Laboratory(course, self.chance(seed, "samples"), self.harm, amounts)
        self.hand_outs = hand_outs(course, self.chance(seed, "tablets"), self.given, self.taken)
        logs = list(self._logs(self.chance(seed, "logs")))
        logs += twice(course, self.chance(seed, "entered twice"), logs)
        self.logs = sorted(logs, key=lambda entry: entry.day)

    def chance(self, seed: int, of: str) -> Random:
        return own_chance(seed, self.slot, of)

    def screened(self) -> Iterator[Step]:
        day = self.course.baseline_day
        yield self._fill(self.slot.consent, "medical_history", "SCR", self.examined.medical_history())
        for code in SCREENED:
            yield from self._typed(day, code, "SCR", self._form(code, day, "SCR"))

    def treated(self) -> Iterator[Step]:
        by_day = {visit.day: visit for visit in current().visits if isinstance(visit, CycleVisit)}
        for infusion in self.given:
            forms = by_day[infusion.day_of_cycle].forms_in(infusion.cycle)
            for code in (code for code in TREATED if code in forms):
                yield from self._perhaps(infusion.day, code, infusion.visit)

    def ended(self) -> Iterator[Step]:
        """The examinations at the end; who died or withdrew comes to none."""
        day, gone = self.course.end, self.course.end_reason in ("DEATH", "WITHDRAWAL OF CONSENT")
        for code in SCREENED:
            if not gone and self.rng.random() > 0.05:
                yield from self._typed(day, code, "EOT", self._form(code, day, "EOT"))
            elif self.course.end_reason != "WITHDRAWAL OF CONSENT":
                why = "The subject had died." if gone else NO_EXAMINATION
                yield MarkNotDone(day, self.slot, code, "EOT", why)

    def taken_again(self) -> Iterator[Step]:
        """The log of everolimus, brought up to date after each interruption."""
        for number, dosing in enumerate(self.taken):
            if number and dosing.dose:
                so_far = [*self.taken[:number], replace(dosing, end=None)]
                rows = [taken.row() | {"row": str(row)} for row, taken in enumerate(so_far, 1)]
                reason = "Everolimus is taken again" if dosing.dose == self.taken[number - 2].dose else "Dose reduced"
                yield self._fill(dosing.start, "everolimus", None, (TAKEN, rows), again=True, reason=reason)

    def dispensed(self) -> Iterator[Step]:
        """A log of tablets: begun with the first, complete at the end."""
        if not self.hand_outs:
            return
        first = self.hand_outs[0].on
        yield self._fill(first, "dispensing", None, self._tablets(1, first), complete=False)
        yield self._fill(self.course.end, "dispensing", None, self._tablets(len(self.hand_outs), None), again=True)

    def _tablets(self, count: int, until: date | None) -> Form:
        rows = [
            hand_out.row(open_until=until) | {"row": str(number)}
            for number, hand_out in enumerate(self.hand_outs[:count], 1)
        ]
        return {"any_dispensed": "Y"}, rows

    def in_logs(self) -> Iterator[Step]:
        """Numbered by kind in the order of typing: so an entry is found again."""
        if current().cohort(self.slot.level.cohort).dlt_evaluated:
            record = evaluation(self.course, self.taken, self.harm)
            yield self._fill(date.fromisoformat(record["evaluation_date"]), "dlt_evaluation", "C1DLT", (record, []))
        count: dict[str, int] = {}
        for entry in self.logs:
            count[entry.code] = count.get(entry.code, 0) + 1
            yield from self._entry(entry, count[entry.code])

    def _entry(self, entry: InventedEntry, number: int) -> Iterator[Step]:
        fill = Fill(entry.day, self.slot, entry.code, None, entry.record, entry=number)
        if entry.in_error is not None:
            day, why = entry.in_error
            yield from (fill, Withdraw(day, self.slot, entry.code, number, why))
            return
        if (
            entry.later is None
            and entry.code != "new_therapy"
            and self.rng.random() < LEFT_BLANK[self.slot.hospital.slow]
        ):
            yield replace(fill, complete=False)
            return
        yield fill
        if entry.later is not None:
            day, record = entry.later
            yield replace(fill, day=day, record=record, again=True, reason="The event is over")

    def _logs(self, rng: Random) -> Iterator[InventedEntry]:
        conditions = [condition[0] for condition in self.examined.conditions]
        yield from adverse_events(self.course, rng, self.harm)
        yield from medication(self.course, rng, self.harm, conditions, self.given)
        yield from deviations(self.course, rng, self.given, self.harm)
        yield from new_therapies(self.course, rng)

    def _form(self, code: str, day: date, visit: str) -> Form:
        if code in SAMPLES:
            return self.laboratory.sample(code, day, screening=visit == "SCR")
        if code == "vital_signs":
            return self.examined.vital_signs(day, visit), []
        return {"ecg": self.examined.ecg, "lvef": self.examined.lvef, "pregnancy_test": self.examined.pregnancy_test}[
            code
        ](day), []

    def _perhaps(self, day: date, code: str, visit: str) -> Iterator[Step]:
        """As it goes on treatment: typed, now and then forgotten, left unfinished or not done."""
        form = self._form(code, day, visit)
        slow, chance = self.slot.hospital.slow, self.rng.random()
        if chance < LEFT_BLANK[slow]:
            return
        if chance < LEFT_BLANK[slow] + DRAFTS[slow]:
            yield self._fill(day, code, visit, (form[0], form[1][:3]), complete=False)
        elif code in SAMPLES and chance > 0.992:
            yield MarkNotDone(day, self.slot, code, visit, self.rng.choice(NO_SAMPLE))
        else:
            yield from self._typed(day, code, visit, form)

    def _typed(self, day: date, code: str, visit: str, form: Form) -> Iterator[Step]:
        """Right at once, or first with a slip that is mended within weeks."""
        right = self._fill(day, code, visit, form)
        wrong = self._slip(code, form) if self.rng.random() < 0.02 else None
        if wrong is None:
            yield right
        else:
            yield replace(right, record=wrong[0], rows=wrong[1])
            late = day + timedelta(self.rng.randint(4, 30))
            yield replace(right, day=late, again=True, reason="Corrected against the source")

    def _slip(self, code: str, form: Form) -> Form | None:
        """A digit that slipped, or a nought too many."""
        record, rows = form
        if code == "vital_signs":
            return record | {"temperature_c": f"{float(record['temperature_c']) + 3:.1f}"}, rows
        if code == "haematology":
            wrong = [row | {"value": f"{row['value']}0", "clinically_significant": "N"} for row in rows[-1:]]
            return record, [*rows[:-1], *wrong]
        return None

    def _fill(self, day: date, code: str, visit: str | None, form: Form, **options: Any) -> Fill:
        return Fill(day, self.slot, code, visit, form[0], list(form[1]), **options)
