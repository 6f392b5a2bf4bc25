"""What a report says in words, and how it differs from the version before it."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import DateField

from assessments.forms.contradictions import CRITERIA
from assessments.items import PartialDateField, items_of, label_of
from assessments.models import AdverseEvent
from assessments.reading.deidentified import masked
from values.dates import shown_date

Content = Mapping[str, Any]


class ReportDifference(NamedTuple):
    """One item of a report. `before` is None where the version before said the same, or there was none."""

    label: str
    value: str
    before: str | None


def lines(content: Content, before: Content | None, *, identify: bool) -> list[ReportDifference]:
    """Each item that is filled, or was in the version before."""
    differences = []
    for field, _ in items_of(AdverseEvent):
        now = in_words(field.name, content.get(field.name), identify=identify)
        then = in_words(field.name, before.get(field.name), identify=identify) if before is not None else now
        changed = before is not None and content.get(field.name) != before.get(field.name)
        if now or then:
            differences.append(
                ReportDifference(str(field.verbose_name), now or "–", (then or "–") if changed else None)
            )
    return differences


def in_words(name: str, value: Any, *, identify: bool) -> str:
    field = AdverseEvent._meta.get_field(name)
    shown = value if identify else masked(AdverseEvent, name, value)
    if shown in (None, ""):
        return ""
    if isinstance(field, DateField | PartialDateField):
        return shown_date(shown)
    return str(dict(getattr(field, "flatchoices", ())).get(shown, shown))


def criteria(content: Content) -> list[str]:
    """Why the event is serious, in words."""
    return [label_of(AdverseEvent, name) for name in CRITERIA if content.get(name) == "Y"]


def term(content: Content, *, identify: bool) -> str:
    """The dictionary's term; what the site wrote for those who may read it, where there is none."""
    return content.get("dictionary_term") or in_words("term", content.get("term"), identify=identify)


def aware_at(content: Content, now: datetime, zone: ZoneInfo) -> datetime:
    """When the site knew, by its clocks: of a day without a time its first moment, which is the cautious side; now at
    the latest."""
    day, at = content.get("aware_date"), content.get("aware_time")
    if not day:
        return now
    # Midnight is skipped in some zones when summer time begins: the moment at which the clocks were put forward stands.
    return min(now, datetime.combine(date.fromisoformat(day), time.fromisoformat(at or "00:00"), zone))


def says_the_same(content: Content, other_content: Content) -> bool:
    """Whether two reports have the same items filled alike; an item that one does not know yet is empty."""
    return all((content.get(name) or "") == (other_content.get(name) or "") for name in {*content, *other_content})
