"""Laboratory samples: which analytes a form asks for, and what follows from each result as it is typed or saved."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.models import CaseForm, Demography, FormState, LaboratoryResult
from assessments.models.laboratory import NUMBER_OF
from cohorts.models import Subject
from laboratory.analytes import ANALYTES
from laboratory.ranges import Limits, Range, completed_years
from laboratory.reading import chosen, ranges_on
from laboratory.results import GradedResult, GradingSetting, outcome, unusual
from laboratory.units import exact, shown
from protocol import current
from values.numbers import Result

Row = dict[str, Any]
TERMS = ("flag", "grade_bound", "toxicity")
COMPUTED = ("sampled_on", "standard_value", "lower_limit", "upper_limit", "grade", *TERMS)
NOTHING: Row = dict.fromkeys(COMPUTED) | dict.fromkeys(TERMS, "")


@dataclass(frozen=True)
class Bench:
    """What the results of one sample are held against."""

    sampled_on: date | None
    ranges: Mapping[str, Range] = field(default_factory=dict)
    baselines: Mapping[str, Fraction] = field(default_factory=dict)
    baseline_highs: Mapping[str, Fraction | None] = field(default_factory=dict)

    def limits_of(self, analyte: str) -> Limits:
        return self.ranges[analyte].limits if analyte in self.ranges else Limits()


def bench(
    subject: Subject,
    sampled_on: date | None,
    case_form: CaseForm | None = None,
    analytes: Collection[str] = ANALYTES,
) -> Bench:
    """Two statements, one more where the version of CTCAE looks at baselines; none before the sample has a date."""
    if sampled_on is None:
        return Bench(None)
    person = Demography.objects.filter(case_form__subject=subject).values("sex", "birth_date").first() or {}
    age = completed_years(person.get("birth_date", ""), sampled_on)
    held = ranges_on(subject.site_id, sampled_on, analytes)
    ranges = chosen(held, analytes, sex=person.get("sex", ""), age=age, on=sampled_on)
    before = _baselines(subject, sampled_on, case_form)
    values, highs = ({code: pair[place] for code, pair in before.items()} for place in (0, 1))
    return Bench(sampled_on, ranges, values, highs)  # type: ignore[arg-type]


def _baselines(
    subject: Subject, sampled_on: date, case_form: CaseForm | None
) -> dict[str, tuple[Fraction, Fraction | None]]:
    """The last value of each analyte up to the first dose with the upper limit of its day, in SI units, for a sample
    after it. A limit of the method is no baseline."""
    begun = subject.first_dose_date
    if current().ctcae_version == "3.0" or begun is None or sampled_on <= begun:
        return {}
    earlier = LaboratoryResult.objects.filter(
        case_form__subject=subject,
        case_form__state=FormState.COMPLETE,
        sampled_on__lte=begun,
        standard_value__isnull=False,
        struck_out=False,
    )
    form_key = case_form.pk if case_form is not None else None
    in_order = earlier.exclude(case_form=form_key).order_by("sampled_on", "case_form_id")
    results = in_order.values_list("analyte", "standard_value", "upper_limit", "unit")
    return {
        code: (exact(result.value), None if high is None else ANALYTES[code].in_si(high, unit))
        for code, result, high, unit in results
        if not result.is_limit
    }


def outcomes(at: Bench, record: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, GradedResult]:
    """By analyte, what follows from each row that has a value in one of its analyte's units."""
    measured = [row for row in rows if _is_measured(row)]
    albumin = next((row for row in measured if row["analyte"] == "ALB"), None)
    setting = GradingSetting(
        current().ctcae_version,
        fasting={"Y": True, "N": False}.get(record.get("fasting") or ""),
        albumin=_in_si(albumin) if albumin else None,
        baselines=at.baselines,
        baseline_highs=at.baseline_highs,
        albumin_is_limit=bool(albumin and albumin["value"].is_limit),
    )
    return {
        row["analyte"]: outcome(row["analyte"], row["value"], row["unit"], at.limits_of(row["analyte"]), setting)
        for row in measured
    }


def _is_measured(row: Mapping[str, Any]) -> bool:
    analyte = ANALYTES.get(row.get("analyte") or "")
    known = [unit.code for unit in analyte.units] if analyte else []
    return row.get("value") is not None and row.get("unit") in known and not row.get("struck_out")


def _in_si(row: Mapping[str, Any]) -> Fraction:
    return ANALYTES[row["analyte"]].in_si(row["value"].value, row["unit"])


def computed(at: Bench, outcome: GradedResult | None) -> Row:
    """The columns of a result that the server fills."""
    if outcome is None:
        return NOTHING | {"sampled_on": at.sampled_on}
    return {
        "sampled_on": at.sampled_on,
        "standard_value": Result(outcome.qualifier, shown(outcome.value)),
        "lower_limit": _limit(outcome.low),
        "upper_limit": _limit(outcome.high),
        "flag": outcome.flag,
        "grade": outcome.graded.grade,
        "grade_bound": outcome.graded.bound,
        "toxicity": outcome.graded.term,
    }


def _limit(limit: Fraction | None) -> Decimal | None:
    return None if limit is None else shown(limit)


def analytes_asked(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The analytes that *complete* needs and those that may be left out, in the protocol's order."""
    panel = current().panel(code)
    return (panel.analytes, panel.optional) if panel else ((), ())


def offered(code: str, stored: list[Row]) -> list[Row]:
    """A row for each analyte of the form, filled where it was stored."""
    by_analyte = {row["analyte"]: row for row in stored}
    analytes = [analyte for part in analytes_asked(code) for analyte in part]
    blank = {"value": None, "not_done": "", "clinically_significant": "", "struck_out": False}
    rows = [
        by_analyte.get(analyte) or blank | {"row": NUMBER_OF[analyte], "analyte": analyte, "unit": _only_unit(analyte)}
        for analyte in analytes
    ]
    return rows + [row for row in stored if row["analyte"] not in analytes]


def _only_unit(analyte: str) -> str:
    known = ANALYTES[analyte].units
    return known[0].code if len(known) == 1 else ""


def units_at(site_id: int, on: date) -> dict[str, str]:
    """The unit in which the site's laboratory states its limits, by analyte."""
    return {held.analyte: held.unit for held in ranges_on(site_id, on)}


def unusual_results(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(item, question) of each result that is far from what is common, or that another unit would explain."""
    for row in rows:
        question = unusual(row["analyte"], row["value"], row["unit"]) if _is_measured(row) else ""
        if question:
            yield f"rows[{row['analyte']}]-value", question
