"""Signing forms, and whether a signature holds."""

from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import User
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, FormState
from audit.models import Event
from cohorts.services import Refused
from signature.content import NEEDS, digests, serialised
from signature.models import Signature

MEANING = "I have reviewed what is recorded here; to my knowledge it is complete and correct. I am responsible for it."
CHUNK = 500
# At most, from the time that a signature bears until the trail has its row: an act may sign many forms.
SIGNING_TAKES = timedelta(seconds=60)


class NotAsSeen(Refused):
    """What is to be signed was changed (`code` stale) or signed (`code` signed) since the signer saw it."""

    def __init__(self, message: str, code: str, form: CaseForm) -> None:
        super().__init__(message)
        self.code, self.form = code, form


class SignatureStanding(StrEnum):
    """Whether a signature is good for what stands there now: the one word for it on pages, in files, in the API and of
    the command. Not made by signing is one that the trail did not see its signer make, whatever else is wrong."""

    HOLDS = "holds"
    LAPSED = "lapsed"
    ALTERED = "altered"
    NOT_MADE = "not made by signing"

    @property
    def verifies(self) -> bool:
        return self in (SignatureStanding.HOLDS, SignatureStanding.LAPSED)

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    SignatureStanding.HOLDS: "valid",
    SignatureStanding.LAPSED: "lapsed: the form was changed since",
    SignatureStanding.ALTERED: "does not verify: the signature or what it covers was altered, outside a save",
    SignatureStanding.NOT_MADE: "does not verify: it was not made by signing",
}


def sign_forms(*, seen: Mapping[int, int], signed_by: User, by: Actor) -> list[Signature]:
    """Sign these forms in one act: {key: version that the signer saw}. The signer has given user name and password
    again (accounts.signing).

    All of them or none: Refused where one is not complete, NotAsSeen where one was changed since it was seen or this
    signer has signed it as it stands (what was sent again signs nothing), Locked where one is locked.
    """
    with acting(by, reason=MEANING):
        forms = list(_held(CaseForm.objects.filter(pk__in=seen)))
        for form in forms:
            _require_signable(form, seen[form.pk])
        _require_first(forms, signed_by)
        contents, now, act = digests(forms), timezone.now(), uuid4()
        made = [
            Signature(
                case_form=form,
                subject_id=form.subject_id,
                act=act,
                version=form.version,
                signer=signed_by,
                username=signed_by.get_username(),
                printed_name=signed_by.printed_name,
                role=by.role,
                meaning=MEANING,
                signed_at=now,
                content=contents[form.pk],
            )
            for form in forms
        ]
        for signature in made:
            signature.digest = digest_of(signature)
        return Signature.objects.bulk_create(made)


def digest_of(signature: Signature) -> str:
    """SHA-256 of everything that the signature says, in the serialisation of signature.content."""
    content = {
        "form": signature.case_form_id,
        "subject": signature.subject_id,
        "act": str(signature.act),
        "version": signature.version,
        "signer": signature.signer_id,
        "username": signature.username,
        "printed_name": signature.printed_name,
        "role": signature.role,
        "meaning": signature.meaning,
        "signed_at": signature.signed_at.astimezone(UTC).isoformat(),
        "content": signature.content,
    }
    return sha256(serialised(content).encode()).hexdigest()


def standing(signature: Signature, content: str) -> SignatureStanding:
    """`content` is the digest of what the form says now. Altered: the row itself, or a form that no save changed."""
    if signature.digest != digest_of(signature):
        return SignatureStanding.ALTERED
    if signature.content == content:
        return SignatureStanding.HOLDS
    return SignatureStanding.LAPSED if signature.version != signature.case_form.version else SignatureStanding.ALTERED


def standings(signatures: Iterable[Signature]) -> list[tuple[Signature, SignatureStanding]]:
    """Of signatures that were read with their form (WITH_FORM), in a few statements a kind of form."""
    listed = list(signatures)
    forms = {signature.case_form_id: signature.case_form for signature in listed}
    contents, made = digests(forms.values()), _made_by_signing(listed)
    return [
        (
            signature,
            standing(signature, contents[signature.case_form_id])
            if signature.pk in made
            else SignatureStanding.NOT_MADE,
        )
        for signature in listed
    ]


def _made_by_signing(signatures: Iterable[Signature]) -> set[int]:
    """The keys of those that the trail saw its signer make, when it says: a row put in by other hands is none."""
    listed = {signature.pk: signature for signature in signatures}
    events = Event.objects.filter(table_name=Signature._meta.db_table, action="insert")
    entries = events.filter(
        case_form_id__in={signature.case_form_id for signature in listed.values()}, row_id__in=listed
    )
    return {
        key
        for key, actor, at in entries.values_list("row_id", "actor_id", "at")
        if actor == listed[key].signer_id and abs(at - listed[key].signed_at) <= SIGNING_TAKES
    }


def not_holding() -> Iterable[tuple[Signature, SignatureStanding]]:
    """Every signature that does not hold, oldest first, in batches."""
    last = 0
    while batch := list(WITH_FORM.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from (
            (signature, standing) for signature, standing in standings(batch) if standing != SignatureStanding.HOLDS
        )
        last = batch[-1].pk


WITH_FORM = Signature.objects.select_related(*(f"case_form__{name}" for name in NEEDS))


def _held(forms: QuerySet[CaseForm]) -> QuerySet[CaseForm]:
    return forms.select_for_update(no_key=True, of=("self",)).select_related(*NEEDS).order_by("pk")


def _require_signable(form: CaseForm, seen: int) -> None:
    named = f"{CATALOGUE[form.code].title} of {form.subject}"
    if form.state != FormState.COMPLETE:
        raise Refused(f"{named} is not complete: it cannot be signed yet.")
    if form.version != seen:
        raise NotAsSeen(f"{named} was changed since you saw it. Look at it again before you sign.", "stale", form)


def _require_first(forms: list[CaseForm], signer: User) -> None:
    """One that does not verify is no reason against signing."""
    versions = {form.pk: form.version for form in forms}
    signatures = WITH_FORM.filter(case_form__in=forms, signer=signer)
    for signature, standing in standings(
        signature for signature in signatures if signature.version == versions[signature.case_form_id]
    ):
        if standing == SignatureStanding.HOLDS:
            named = f"{CATALOGUE[signature.case_form.code].title} of {signature.case_form.subject}"
            raise NotAsSeen(f"You have signed {named} as it stands.", "signed", signature.case_form)
