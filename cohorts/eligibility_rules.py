"""Whether a subject meets each eligibility criterion, and why: exact on both sides of every limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from protocol.eligibility import (
    AnyRule,
    ChoiceRule,
    Criterion,
    DateRule,
    LimitRule,
    Operator,
    Rule,
    UlnRule,
    WashoutRule,
    YesNoRule,
)
from protocol.schema import Protocol
from values.dates import shown_date
from values.numbers import Result

Status = Literal["met", "not_met", "unknown"]
Answer = bool | int | Decimal | Result | str | date | None
Answers = Mapping[str, Answer]
Finding = tuple[Status, str]

_BEST_FIRST: list[Status] = ["met", "unknown", "not_met"]
_BOUND: dict[Operator, str] = {"<": "below", "<=": "at most", ">=": "at least", ">": "above"}


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """What one criterion says of one subject. `met` speaks for entry, for an exclusion criterion too."""

    criterion: Criterion
    status: Status
    reason: str


def verdicts(protocol: Protocol, phase: str, answers: Answers) -> list[CriterionVerdict]:
    """The verdict of each criterion of a phase, in the protocol's order.

    `answers` holds the eligibility form's values by item code: bool, a number, choice or date, None or absent where not
    recorded. Numbers are int, Decimal or Result in the item's unit; a Result that is the limit of its method, `<3`,
    leaves a criterion unknown that it does not settle. Raises TypeError for an answer of another kind.
    """
    reader = _RuleReader(protocol, answers)
    return [CriterionVerdict(criterion, *reader.judge(criterion.rule)) for criterion in protocol.criteria(phase)]


def eligible(verdicts: list[CriterionVerdict]) -> bool:
    """Every criterion is met; one that is unknown keeps a subject out as one not met does."""
    return all(verdict.status == "met" for verdict in verdicts)


class _RuleReader:
    """Rules read against one subject's answers."""

    def __init__(self, protocol: Protocol, answers: Answers) -> None:
        self._items = {item.code: item for item in protocol.eligibility_items}
        self._answers = answers

    def judge(self, rule: Rule) -> Finding:
        match rule:
            case YesNoRule():
                return self._yes_no(rule)
            case ChoiceRule():
                return self._choice(rule)
            case LimitRule():
                return self._limit(rule)
            case UlnRule():
                return self._multiple_of_normal(rule)
            case WashoutRule():
                return self._washout(rule)
            case DateRule():
                return self._date(rule)
            case AnyRule():
                return self._any([self.judge(single) for single in rule.of])

    def _yes_no(self, rule: YesNoRule) -> Finding:
        answer = self._flag(rule.item)
        if answer is None:
            return self._missing(rule.item)
        return _status(answer is rule.answer), f"{self._label(rule.item)}: {'yes' if answer else 'no'}"

    def _choice(self, rule: ChoiceRule) -> Finding:
        answer = self._text(rule.item)
        if answer is None:
            return self._missing(rule.item)
        needed = "" if answer in rule.allowed else f", {' or '.join(rule.allowed)} required"
        return _status(not needed), f"{self._label(rule.item)}: {answer}{needed}"

    def _limit(self, rule: LimitRule) -> Finding:
        value = self._measured(rule.item)
        if value is None:
            return self._missing(rule.item)
        bound = f"{_BOUND[rule.operator]} {self._amount(rule.item, rule.number)} required"
        return self._against(rule.item, value, rule.operator, rule.number, bound)

    def _multiple_of_normal(self, rule: UlnRule) -> Finding:
        value, normal = self._measured(rule.item), self._number(rule.uln_item)
        if value is None or normal is None:
            return self._missing(*[name for name in (rule.item, rule.uln_item) if self._answers.get(name) is None])
        verdict = self._against_normal(rule, rule.multiple, value, normal)
        if rule.exception is None:
            return verdict
        excepted = self._against_normal(rule, rule.exception.multiple, value, normal)
        applies = self._flag(rule.exception.item)
        condition = self._label(rule.exception.item).lower()
        if applies is None and verdict[0] != excepted[0]:
            return "unknown", f"{verdict[1]}, {excepted[1]} with {condition}; {self._missing(rule.exception.item)[1]}"
        return (excepted[0], f"{excepted[1]} with {condition}") if applies else verdict

    def _against_normal(self, rule: UlnRule, multiple: Decimal, value: Result, normal: Decimal) -> Finding:
        # Multiplied, never divided: a quotient that has to be rounded could fall on the wrong side of the limit.
        limit = multiple * normal
        bound = (
            f"{_BOUND[rule.operator]} {multiple:f} x ULN {_plain(normal)} = {self._amount(rule.item, limit)} required"
        )
        return self._against(rule.item, value, rule.operator, limit, bound)

    def _against(self, name: str, value: Result, relation: Operator, number: Decimal, bound: str) -> Finding:
        holds = value.holds(relation, number)
        words = f"{self._label(name)} {value} {self._items[name].unit}".rstrip()
        if holds is None:
            return "unknown", f"{words}, {bound}: the limit does not settle it"
        return _status(holds), f"{words}, {bound}"

    def _washout(self, rule: WashoutRule) -> Finding:
        ended, start, given = self._date_of(rule.item), self._date_of(rule.before), self._flag(rule.given_item)
        if given is False and ended is None:
            return "met", f"{self._label(rule.given_item)}: no"
        if ended is None or start is None:
            needed = {rule.item: ended, rule.before: start, **({} if ended else {rule.given_item: given})}
            return self._missing(*[name for name, answer in needed.items() if answer is None])
        gap = (start - ended).days
        apart = f"{abs(gap)} {'day' if abs(gap) == 1 else 'days'} {'before' if gap >= 0 else 'after'}"
        words = f"{self._shown(rule.item, ended)}, {apart} {shown_date(start)} ({self._label(rule.before)})"
        return _status(gap >= rule.weeks * 7), f"{words}, at least {rule.weeks * 7} days before required"

    def _date(self, rule: DateRule) -> Finding:
        day, latest = self._date_of(rule.item), self._date_of(rule.on_or_before)
        if day is None or latest is None:
            return self._missing(*[name for name in (rule.item, rule.on_or_before) if self._date_of(name) is None])
        relation = "not later than" if day <= latest else "later than"
        words = f"{self._shown(rule.item, day)}, {relation} {shown_date(latest)} ({self._label(rule.on_or_before)})"
        return _status(day <= latest), words

    @staticmethod
    def _any(findings: list[Finding]) -> Finding:
        best = min((status for status, _ in findings), key=_BEST_FIRST.index)
        return best, "; ".join(reason for status, reason in findings if status == best)

    def _missing(self, *names: str) -> Finding:
        return "unknown", f"not recorded: {', '.join(self._label(name) for name in names)}"

    def _label(self, name: str) -> str:
        return self._items[name].label

    def _amount(self, name: str, number: Decimal) -> str:
        return f"{_plain(number)} {self._items[name].unit}".rstrip()

    def _shown(self, name: str, answer: date) -> str:
        return f"{self._label(name)} {shown_date(answer)}"

    def _flag(self, name: str) -> bool | None:
        answer = self._answers.get(name)
        if answer is None or isinstance(answer, bool):
            return answer
        raise TypeError(f"{name} must be answered yes or no, not {answer!r}")

    def _measured(self, name: str) -> Result | None:
        answer = self._answers.get(name)
        if isinstance(answer, Result):
            return answer
        number = self._number(name)
        return None if number is None else Result("", number)

    def _number(self, name: str) -> Decimal | None:
        answer = self._answers.get(name)
        if answer is None:
            return None
        if isinstance(answer, bool) or not isinstance(answer, int | Decimal) or not Decimal(answer).is_finite():
            raise TypeError(f"{name} must be an exact number, not {answer!r}")
        return Decimal(answer)

    def _text(self, name: str) -> str | None:
        answer = self._answers.get(name)
        choices = self._items[name].choices
        if answer is None or (isinstance(answer, str) and answer in choices):
            return answer
        raise TypeError(f"{name} must be one of {', '.join(choices)}, not {answer!r}")

    def _date_of(self, name: str) -> date | None:
        answer = self._answers.get(name)
        # A datetime is a date to isinstance, yet cannot be compared with one.
        if answer is None or type(answer) is date:
            return answer
        raise TypeError(f"{name} must be a date, not {answer!r}")


def _status(holds: bool) -> Status:
    return "met" if holds else "not_met"


def _plain(number: Decimal) -> str:
    """Without an exponent or trailing zeros after the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
