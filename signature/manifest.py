"""The manifest of signatures: who signed what, when, with what meaning, and whether it holds; on paper and in files."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assessments.catalogue import CATALOGUE
from audit.models import Event
from signature.models import Signature
from signature.signing import WITH_FORM, SignatureStanding, standings
from values.times import shown_moment


@dataclass(frozen=True)
class Lapse:
    """The save that made a signature lapse, by the trail."""

    at: datetime
    by: str
    reason: str

    @property
    def words(self) -> str:
        because = f" because: {self.reason}" if self.reason else ""
        return f"lapsed on {in_utc(self.at)}, when {self.by} changed the form{because}"


@dataclass(frozen=True)
class Manifested:
    """A signature as it is shown wherever the data go."""

    signature: Signature
    standing: SignatureStanding
    lapse: Lapse | None = None

    @property
    def holds(self) -> bool:
        return self.standing == SignatureStanding.HOLDS

    @property
    def words(self) -> str:
        """Whether it holds now, and if not since when and why."""
        return self.lapse.words if self.lapse else self.standing.words

    @property
    def title(self) -> str:
        return CATALOGUE[self.signature.case_form.code].title

    @property
    def covers(self) -> str:
        form = self.signature.case_form
        visit = f", {form.visit.label}" if form.visit else ""
        return f"{self.title} of {form.subject.label}{visit}, version {self.signature.version}"


def manifest(signatures: Iterable[Signature]) -> list[Manifested]:
    """Of signatures that were read with their form (signing.WITH_FORM), in their order: in a few statements a kind of
    form and one for the lapsed."""
    held = standings(signatures)
    lapsed = lapses([signature for signature, how in held if how == SignatureStanding.LAPSED])
    return [Manifested(signature, how, lapsed.get(signature.pk)) for signature, how in held]


def signed_words(forms: Iterable[int]) -> dict[int, str]:
    """The manifest of each signed form, by its key, in one cell of a file: name, role, time, whether it holds, meaning;
    the oldest first. In a few statements a kind of form, one where nothing is signed."""
    words: dict[int, list[str]] = defaultdict(list)
    for signature, how in standings(WITH_FORM.filter(case_form__in=set(forms)).order_by("pk")):
        line = f"{signature.printed_name} ({signature.role}), {in_utc(signature.signed_at)}, {how}: {signature.meaning}"
        words[signature.case_form_id].append(line)
    return {form: " | ".join(signatures) for form, signatures in words.items()}


def lapses(signatures: list[Signature]) -> dict[int, Lapse]:
    """By signature, the first save after it; none where the trail tells of none. At most one statement."""
    if not signatures:
        return {}
    changes = Event.objects.filter(
        table_name="assessments_caseform",
        case_form_id__in={signature.case_form_id for signature in signatures},
        at__gt=min(signature.signed_at for signature in signatures),
        new__has_key="version",
    ).order_by("id")
    saves: dict[int, list[Lapse]] = defaultdict(list)
    for form, at, by, reason in changes.values_list("case_form_id", "at", "actor_name", "reason"):
        saves[form].append(Lapse(at, by, reason))
    first = {
        signature.pk: next((save for save in saves[signature.case_form_id] if save.at > signature.signed_at), None)
        for signature in signatures
    }
    return {key: save for key, save in first.items() if save}


def in_utc(moment: datetime) -> str:
    return shown_moment(moment, seconds=True)
