"""What an amendment would change of all subjects: at once of few, by the worker of many, who keeps it for the page.

What is kept is what was seen at a moment, in the cache: nobody's record rests on it, and it can be looked at again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from accounts.models import Site
from amendments.effects import Effect, effects
from amendments.figures import FigureSide, side_by_side
from cohorts.following import read
from cohorts.models import ProtocolVersion, Subject
from protocol import Protocol
from values.dates import shown_date

# Of so many a page is there within seconds; of more the worker is asked.
AT_ONCE = 200
BATCH = 500
KEPT_S = 7 * 24 * 3600
COUNTED = ("over", "added", "moved", "withdrawn", "asked", "questions")


@dataclass(frozen=True)
class EffectLine:
    """What would change of one subject, in words."""

    pk: int
    label: str
    site: str
    goes_over: date | None
    added: list[str]
    moved: list[str]
    withdrawn: list[str]
    asked: list[str]
    questions: list[str]


@dataclass(frozen=True)
class DryRunLook:
    """What was seen so far of `number` subjects: how many by site, and of those who change their lines; the figures
    once all were looked at."""

    begun: datetime
    number: int
    done: int = 0
    # By the site's code: subjects looked at, those who go over, visits added, moved, withdrawn, ...
    sites: dict[str, dict[str, int]] = field(default_factory=dict)
    lines: dict[str, list[EffectLine]] = field(default_factory=dict)
    figures: Sequence[FigureSide] = ()
    finished: datetime | None = None

    @property
    def totals(self) -> dict[str, int]:
        return {name: sum(counts[name] for counts in self.sites.values()) for name in ("subjects", *COUNTED)}

    @property
    def changes_nothing(self) -> bool:
        return not any(number for name, number in self.totals.items() if name not in ("subjects", "over"))


def looks(version: ProtocolVersion, active_from: date, before: Protocol) -> Iterator[DryRunLook]:
    """As it proceeds, site by site; the last one is finished. In a number of statements that grows with sites and
    batches alone."""
    look = DryRunLook(timezone.now(), Subject.objects.count())
    for site, subjects in _batches():
        new_effects = effects(version, active_from, subjects)
        look = replace(
            look,
            done=look.done + len(subjects),
            sites=look.sites | {site.code: _added(look.sites.get(site.code, {}), new_effects)},
            lines=look.lines | {site.code: look.lines.get(site.code, []) + _lines(new_effects)},
        )
        yield look
    yield replace(look, figures=side_by_side(before, read(version.pk)), finished=timezone.now())


def looked_at_once(version: ProtocolVersion, active_from: date, before: Protocol) -> DryRunLook:
    """All of it now."""
    *_, last = looks(version, active_from, before)
    return last


def look_and_keep(version: ProtocolVersion, active_from: date, before: Protocol) -> None:
    """All of it, kept as it proceeds: the lines of each site by themselves, so that a page reads no more than one."""
    for look in looks(version, active_from, before):
        for site, lines in look.lines.items():
            cache.set(_key(version, active_from, site), lines, KEPT_S)
        cache.set(_key(version, active_from), replace(look, lines={}), KEPT_S)


def kept(version: ProtocolVersion, active_from: date, site: str = "") -> DryRunLook | None:
    """What the worker has seen, with the lines of this site; None before it began."""
    look: DryRunLook | None = cache.get(_key(version, active_from))
    if look is None or not site:
        return look
    return replace(look, lines={site: cache.get(_key(version, active_from, site)) or []})


def forget(version: ProtocolVersion, active_from: date) -> None:
    cache.delete(_key(version, active_from))


def ask_once(version: ProtocolVersion, active_from: date) -> bool:
    """Whether nobody asked for it in the last minute: a page that waits asks again and again."""
    return cache.add(f"{_key(version, active_from)}:asked", True, 60)


def _key(version: ProtocolVersion, active_from: date, site: str = "") -> str:
    return " ".join(filter(None, ("dry-run", str(version.pk), active_from.isoformat(), site))).replace(" ", ":")


def _batches() -> Iterator[tuple[Site, list[Subject]]]:
    for site in Site.objects.annotate(number=Count("subjects")).filter(number__gt=0).order_by("code"):
        subjects = Subject.objects.filter(site=site).select_related("site").order_by("pk")
        last = 0
        while batch := list(subjects.filter(pk__gt=last)[:BATCH]):
            yield site, batch
            last = batch[-1].pk


def _added(counts: dict[str, int], effects: Sequence[Effect]) -> dict[str, int]:
    now: dict[str, Any] = {
        "subjects": len(effects),
        "over": sum(effect.goes_over is not None for effect in effects),
        **{name: sum(len(getattr(effect, name)) for effect in effects) for name in COUNTED[1:]},
    }
    return {name: counts.get(name, 0) + number for name, number in now.items()}


def _lines(effects: Sequence[Effect]) -> list[EffectLine]:
    lines = (line_of(effect) for effect in effects if not effect.is_none)
    return sorted(lines, key=lambda line: line.label)


def line_of(effect: Effect) -> EffectLine:
    return EffectLine(
        pk=effect.subject.pk,
        label=effect.subject.label,
        site=effect.subject.site.code,
        goes_over=effect.goes_over,
        added=[f"{visit.label}, {shown_date(visit.target_date)}" for visit in effect.added],
        moved=[f"{before.label}: {_span(before)} → {_span(after)}" for before, after in effect.moved],
        withdrawn=[f"{visit.label}, {shown_date(visit.target_date)}" for visit in effect.withdrawn],
        asked=[f"{where}: {_both(more, less)}" for where, more, less in effect.asked],
        questions=list(effect.questions),
    )


def _span(visit: Any) -> str:
    return f"{shown_date(visit.target_date)} ({shown_date(visit.window_from)} to {shown_date(visit.window_to)})"


def _both(more: list[str], less: list[str]) -> str:
    return ", ".join([*(f"{title} too" for title in more), *(f"{title} no more" for title in less)])
