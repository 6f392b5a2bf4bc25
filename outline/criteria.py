"""Who may enter: the criteria with the rule that decides each, and what the form eligibility records."""

from outline.parts import OutlinePart, OutlineTable, assumed_under, listed
from protocol import Protocol
from protocol.eligibility import (
    AnyRule,
    ChoiceRule,
    DateRule,
    EligibilityItem,
    LimitRule,
    Operator,
    Rule,
    UlnRule,
    WashoutRule,
    YesNoRule,
)

BOUNDS: dict[Operator, str] = {"<": "below", "<=": "at most", ">=": "at least", ">": "above"}
KINDS = {"yes_no": "yes or no", "choice": "choice", "number": "number", "date": "date"}


def eligibility(protocol: Protocol) -> OutlinePart:
    columns = ("Code", "Kind", "Criterion", "Phases", "Lets in")
    rows = [
        (criterion.code, criterion.kind, criterion.text, listed(criterion.phases), in_words(protocol, criterion.rule))
        for criterion in protocol.eligibility
    ]
    return OutlinePart(
        "eligibility",
        "Eligibility",
        tables=[OutlineTable("Criteria", columns, rows, "The protocol states no criterion."), _items(protocol)],
        assumed=assumed_under(protocol, "eligibility", "eligibility_items"),
    )


def _items(protocol: Protocol) -> OutlineTable:
    rows = [
        (item.code, item.label, _recorded(item), item.section or "–", item.held_by)
        for item in protocol.eligibility_items
    ]
    columns = ("Item", "In words", "As", "Heading", "Column")
    return OutlineTable("What is recorded", columns, rows, "The protocol names no item.")


def _recorded(item: EligibilityItem) -> str:
    detail = f"in {item.unit}" if item.unit else " / ".join(item.choices)
    return ", ".join(filter(None, (KINDS[item.kind], detail)))


def history(protocol: Protocol) -> OutlinePart:
    """The cancer history: the disease, and what is asked of it."""
    plan = protocol.history
    items = plan.items if plan else ()
    rows = [(item.code, item.label or "as the form", " / ".join(item.choices) or "–", item.held_by) for item in items]
    columns = ("Item", "In words", "Choices", "Column")
    return OutlinePart(
        "history",
        "Cancer history",
        facts=[("Disease", plan.disease), ("Kinds of therapy", listed(plan.therapies))] if plan else [],
        tables=[OutlineTable("What is recorded", columns, rows, "The protocol asks for no cancer history.")],
        assumed=assumed_under(protocol, "history"),
    )


def in_words(protocol: Protocol, rule: Rule) -> str:
    """What a rule lets in."""
    labels = {item.code: item.label for item in protocol.eligibility_items}
    units = {item.code: item.unit for item in protocol.eligibility_items}
    match rule:
        case YesNoRule():
            return f"{labels[rule.item]}: {'yes' if rule.answer else 'no'}"
        case ChoiceRule():
            return f"{labels[rule.item]}: {' or '.join(rule.allowed)}"
        case LimitRule():
            number = f"{rule.number} {units[rule.item]}".strip()
            return f"{labels[rule.item]} {BOUNDS[rule.operator]} {number}"
        case UlnRule():
            return _multiple(labels, rule)
        case WashoutRule():
            free = f"{labels[rule.given_item]}: no"
            return f"{free}; or {labels[rule.item]} at least {rule.weeks} weeks before {labels[rule.before]}"
        case DateRule():
            return f"{labels[rule.item]} not later than {labels[rule.on_or_before]}"
        case AnyRule():
            return "; or ".join(in_words(protocol, single) for single in rule.of)


def _multiple(labels: dict[str, str], rule: UlnRule) -> str:
    bound, of = BOUNDS[rule.operator], labels[rule.uln_item]
    usual = f"{labels[rule.item]} {bound} {rule.multiple} × {of}"
    other = rule.exception
    return f"{usual}; {other.multiple} × where {labels[other.item]}: yes" if other else usual
