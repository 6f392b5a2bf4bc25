"""Which version of the protocol holds: at a site from the day on which its approval is active, for a subject from the
day on which the amendment says that a subject goes over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from cohorts.following import read
from cohorts.models import GoesOver, Subject
from in_force.models import InForce
from protocol import Protocol, current

# In the order in which they took force: each amendment with the day from which it is active at the site.
VERSIONS = """
    SELECT v.id, v.version, v.goes_over, a.active_from
    FROM protocol_inforce f JOIN cohorts_protocolversion v ON v.sha256 = f.sha256
    LEFT JOIN cohorts_approval a ON a.version_id = v.id AND a.site_id = %s
    ORDER BY f.id
"""

# Every consent that was given: the first one and those that renewed it, with the version that each says.
CONSENTS = """
    SELECT r.consent_date, '' FROM assessments_consent r JOIN assessments_caseform f ON f.id = r.case_form_id
    WHERE f.subject_id = %(subject)s AND f.state = 'complete' AND r.consent_given = 'Y' AND r.consent_date IS NOT NULL
    UNION ALL
    SELECT r.consent_date, r.protocol_version
    FROM assessments_reconsent r JOIN assessments_caseform f ON f.id = r.case_form_id
    WHERE f.subject_id = %(subject)s AND f.state = 'complete' AND r.consent_given = 'Y' AND r.consent_date IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Consented:
    """That a subject consented on a day, and to which version ("2.0"), where that was said."""

    on: date
    version: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A version that holds for a subject from a day on."""

    since: date
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """One as a site sees it; `active_from` is None where it is not active there."""

    key: int
    name: str
    goes_over: str
    active_from: date | None


@dataclass(frozen=True, slots=True)
class VersionTimeline:
    """The versions that hold for one subject one after the other. Empty where the installation knows none."""

    held: tuple[Held, ...] = ()

    def on(self, day: date) -> int | None:
        """The version that holds on that day."""
        return next((held.version for held in reversed(self.held) if held.since <= day), None)

    @property
    def plans(self) -> list[tuple[date, Protocol]]:
        """What visits are planned by, and from which day on."""
        return [(held.since, read(held.version)) for held in self.held] or [(date.min, current())]


def at_site(site_id: int) -> list[Version]:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [site_id])
        return [Version(*row) for row in cursor.fetchall()]


def versions_of(subject: Subject, *, begins: date | None = None) -> VersionTimeline:
    """The versions that hold for the subject; `begins` is the day of a first consent that is not recorded as such yet.
    One statement, two where an amendment is active at the site."""
    versions = at_site(subject.site_id)
    if all(version.active_from is None for version in versions):
        return timeline(versions, ())
    with connection.cursor() as cursor:
        cursor.execute(CONSENTS, {"subject": subject.pk})
        given = sorted((Consented(*row) for row in cursor.fetchall()), key=lambda consent: consent.on)
    return timeline(versions, [Consented(begins), *given[1:]] if begins else given)


def versions_in_force() -> list[str]:
    """What they are called, in the order in which they took force."""
    return list(dict.fromkeys(InForce.objects.order_by("pk").values_list("version", flat=True)))


def timeline(versions: Sequence[Version], consents: Iterable[Consented]) -> VersionTimeline:
    """What holds for a subject of the site whose versions these are, who gave these consents.

    The version that the installation was set up with holds from the beginning. An amendment holds from the day on which
    it is active for whoever consented on or after it, or has not consented yet; for whoever was in the trial before by
    `goes_over`. A consent that names its version is a consent to that one, whatever the day.
    """
    given = sorted(consents, key=lambda consent: consent.on)
    order = {version.name: place for place, version in enumerate(versions)}
    held: list[Held] = []
    for version in versions:
        if not version.goes_over:
            held = [Held(date.min, version.key)]
        elif version.active_from is not None:
            since = _since(version, given, order)
            if since is not None:
                # Who comes under a later version first never comes under this one's predecessor any more.
                held = [
                    *(held_version for held_version in held if held_version.since < since),
                    Held(since, version.key),
                ]
    return VersionTimeline(tuple(held))


def _since(version: Version, consents: Sequence[Consented], order: dict[str, int]) -> date | None:
    assert version.active_from is not None
    began = consents[0] if consents else None
    if began is None or _covers(began, version, order) or version.goes_over == GoesOver.VISIT:
        return version.active_from
    if version.goes_over == GoesOver.NEVER:
        return None
    renewed = (consent.on for consent in consents[1:] if _covers(consent, version, order))
    return min((max(day, version.active_from) for day in renewed), default=None)


def _covers(consent: Consented, version: Version, order: dict[str, int]) -> bool:
    """Whether it was given to this version or a later one: as it says itself, else by its day."""
    if consent.version in order:
        return order[consent.version] >= order[version.name]
    assert version.active_from is not None
    return consent.on >= version.active_from
