"""Planning a review of the trail, noting findings, asking the site about one, and signing the review off."""

import json
from datetime import date
from hashlib import sha256

from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import Site, User
from assessments.models import CaseForm
from cohorts.services import Refused
from review.models import Query
from review.services import NotAllowed, raise_query
from trail_reviews.models import Finding, TrailReview
from values.dates import shown_date

MEANING = "I have looked through these entries of the audit trail; what I found is noted here."


def plan_review(
    *, title: str, filter: str, of_site: Site | None, reviewer: User, due_on: date, by: Actor
) -> TrailReview:
    with acting(by, reason="review of the trail planned", waits=False):
        return TrailReview.objects.create(
            title=title, filter=filter, of_site=of_site, reviewer=reviewer, due_on=due_on, planned_by=by.name
        )


def note_finding(*, review: TrailReview, event: int, text: str, by: Actor) -> Finding:
    """`event` is the key of an entry that the reviewer sees. Refused once the review is signed off."""
    with acting(by, reason=f"finding of the review {review}", waits=False):
        _open(review)
        return Finding.objects.create(review=review, event=event, text=text, noted_by=by.name)


def ask_about(*, finding: Finding, case_form: CaseForm, item: str, text: str, by: Actor) -> Query:
    """A query to the site, raised from a finding; once a finding."""
    with acting(by, reason=f"finding of the review {finding.review}"):
        _open(finding.review)
        finding = Finding.objects.select_for_update().get(pk=finding.pk)
        if finding.query_id:
            raise Refused("A query on this finding has already been raised.")
        try:
            query = raise_query(case_form=case_form, item=item, text=text, by=by)
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from refusal
        finding.query = query
        finding.save(update_fields=["query"])
    return query


def sign_review(*, review: TrailReview, conclusion: str, seen_to: int, signed_by: User, by: Actor) -> TrailReview:
    """Sign the review off: its reviewer alone, who has given user name and password again (accounts.signing).

    `seen_to` is the newest entry of the filter as the page of the signature showed it.
    """
    with acting(by, reason="review of the trail signed off", waits=False):
        review = _open(review)
        if review.reviewer_id != signed_by.pk:
            raise Refused(f"{review.reviewer.printed_name} is the reviewer: nobody signs for another.")
        review.conclusion, review.seen_to, review.signed_at = conclusion, seen_to, timezone.now()
        review.signed_by, review.signed_name = signed_by.get_username(), signed_by.printed_name
        review.digest = digest_of(review)
        review.save(update_fields=["conclusion", "seen_to", "signed_at", "signed_by", "signed_name", "digest"])
    return review


def signature_holds(review: TrailReview) -> bool:
    """Whether what was signed is what stands there."""
    return review.digest == digest_of(review)


def digest_of(review: TrailReview) -> str:
    """SHA-256 of everything that the signature covers."""
    findings = [[finding.event, finding.text, finding.noted_by, finding.query_id] for finding in review.findings.all()]
    signed = [review.signed_by, review.signed_name, review.signed_at.isoformat() if review.signed_at else "", MEANING]
    content = [review.pk, review.title, review.filter, review.conclusion, review.seen_to, signed, findings]
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _open(review: TrailReview) -> TrailReview:
    review = TrailReview.objects.select_for_update(of=("self",)).select_related("reviewer").get(pk=review.pk)
    if review.signed_at:
        raise Refused(
            f"{review.signed_name} signed this review off on {shown_date(review.signed_at)}: it stays as it is."
        )
    return review
