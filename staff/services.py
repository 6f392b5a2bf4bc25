"""A review of access: opened, each line confirmed or ended, signed. Each verb is one transaction by `by`."""

import json
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import User
from accounts.roles import Role
from accounts.services import revoke_membership, suspend_user
from cohorts.services import Refused
from staff.models import AccessLine, AccessReview, Decision
from staff.stock import taken_down
from values.dates import shown_date

MEANING = "I have gone through every line of this access; what is not needed has been ended."


def open_review(*, by: Actor) -> AccessReview:
    """Takes down all access as it stands. Refused while another review is open."""
    try:
        with acting(by, reason="review of access opened", waits=False):
            review = AccessReview.objects.create(opened_by=by.name)
            AccessLine.objects.bulk_create(taken_down(review))
    except IntegrityError as broken:
        raise Refused("A review of access is open already: sign that one first.") from broken
    return review


def confirmable(lines: QuerySet[AccessLine], by: Actor) -> QuerySet[AccessLine]:
    """The undecided lines that this user may confirm: nobody their own, a data manager those of administrators."""
    waiting = lines.filter(Q(membership=None) | Q(membership__ended_at=None), decision="").exclude(
        user_id=by.user_id or 0
    )
    if by.role != Role.ADMINISTRATOR:
        waiting = waiting.filter(membership__role=Role.ADMINISTRATOR)
    return waiting


def keep_lines(*, review: AccessReview, lines: list[int], by: Actor) -> int:
    """Confirm these lines, by their keys; how many were. Left out: what is not `confirmable`."""
    with acting(by, reason=f"{review}: confirmed", waits=False):
        _open(review)
        waiting = confirmable(review.lines.filter(pk__in=lines), by)
        return waiting.update(decision=Decision.KEPT, decided_at=timezone.now(), decided_by=by.name)


def end_line(*, line: AccessLine, decision: str, reason: str, by: Actor) -> AccessLine:
    """End the role of the line, or suspend its user: `decision` is Decision.ENDED or SUSPENDED."""
    review = line.review
    with acting(by, reason=f"{review}: {reason}", waits=False):
        _open(review)
        line = AccessLine.objects.select_for_update(of=("self",)).select_related("user", "membership").get(pk=line.pk)
        if line.decision not in ("", Decision.KEPT):
            raise Refused(f"This was decided already: {line.get_decision_display().lower()}.")
        _end(line, decision, f"{review}: {reason}", by)
        line.decision, line.reason = decision, reason
        line.decided_at, line.decided_by = timezone.now(), by.name
        line.save(update_fields=["decision", "reason", "decided_at", "decided_by"])
    return line


def sign_review(*, review: AccessReview, conclusion: str, signed_by: User, by: Actor) -> AccessReview:
    """Of a user who has given name and password again (accounts.signing). Refused while a line is undecided."""
    with acting(by, reason="review of access signed", waits=False):
        review = _open(review)
        if left := review.lines.filter(decision="").count():
            open_lines = review.lines.filter(decision="", user=signed_by).count()
            another = (
                f" {open_lines} about yourself: another administrator or a data manager confirms that."
                if open_lines
                else ""
            )
            raise Refused(f"{left} {'line is' if left == 1 else 'lines are'} still to be decided.{another}")
        review.conclusion, review.signed_at = conclusion, timezone.now()
        review.signed_by, review.signed_name = signed_by.get_username(), signed_by.printed_name
        review.digest = digest_of(review)
        review.save(update_fields=["conclusion", "signed_at", "signed_by", "signed_name", "digest"])
    return review


def signature_holds(review: AccessReview) -> bool:
    """Whether what was signed is what stands there."""
    return review.digest == digest_of(review)


def digest_of(review: AccessReview) -> str:
    """SHA-256 of everything that the signature covers."""
    names = [field.attname for field in AccessLine._meta.concrete_fields]
    lines = list(review.lines.order_by("pk").values_list(*names))
    signed = [review.signed_by, review.signed_name, review.signed_at, MEANING]
    content = [review.pk, review.opened_at, review.opened_by, review.conclusion, signed, lines]
    return sha256(json.dumps(content, ensure_ascii=False, default=_moment).encode()).hexdigest()


def _moment(value: object) -> str:
    return value.isoformat()  # type: ignore[attr-defined,no-any-return]


def _end(line: AccessLine, decision: str, reason: str, by: Actor) -> None:
    try:
        if decision == Decision.SUSPENDED:
            suspend_user(user=line.user, by=by, reason=reason)
        elif line.membership is None:
            raise Refused("There is no role to end: suspend the account.", "decision")
        else:
            revoke_membership(membership=line.membership, by=by, reason=reason)
    except ValidationError as refusal:
        raise Refused(" ".join(refusal.messages)) from refusal


def _open(review: AccessReview) -> AccessReview:
    review = AccessReview.objects.select_for_update().get(pk=review.pk)
    if review.signed_at:
        raise Refused(f"{review.signed_name} signed this review on {shown_date(review.signed_at)}: it stays as it is.")
    return review
