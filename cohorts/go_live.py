"""Since when the trial and its sites take real subjects: the gate, and the rows by which it opens.

What has to hold before somebody signs is the app activation's to know.
"""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import Site, User
from cohorts.models import Basis, SignedGoLive, SiteGoLive, TrialGoLive

Made = TypeVar("Made", bound=SignedGoLive)
CHECKLIST = "until its checklist is signed (Cohorts, Go-live)"


def why_not_live(site: Site) -> str:
    """Why the site takes nobody yet, in words; "" where it is live. A site that was read with its go_live costs no
    statement."""
    if getattr(site, "go_live", None) is not None:
        return ""
    return f"Site {site.code} is not live: it accepts no subjects {CHECKLIST}."


def trial_is_live() -> bool:
    return TrialGoLive.objects.exists()


def open_by_import(site: Site, *, by: Actor) -> None:
    """The trial and the site are live by data that come from elsewhere, brought in at the server's console. What is
    live already stays as it is."""
    with acting(by, reason="opened by an import of data"):
        if not trial_is_live():
            TrialGoLive.objects.create(basis=Basis.IMPORT)
        SiteGoLive.objects.get_or_create(site=site, defaults={"basis": Basis.IMPORT})


def sign_site(
    *, site: Site, checklist: list[list[str]], live_from: date, signer: User, by: Actor, **says: str
) -> SiteGoLive:
    """The row of a site that goes live now, within the transaction of the caller, who saw that all of it holds."""
    made = SiteGoLive(site=site, checklist=checklist, live_from=live_from, **says)
    return _signed(made, signer, by, "site went live")


def sign_trial(*, signer: User, by: Actor, **says: Any) -> TrialGoLive:
    """The row of an acceptance run that is signed off, within the transaction of the caller, who read its file."""
    return _signed(TrialGoLive(**says), signer, by, "acceptance run signed off")


def _signed(made: Made, signer: User, by: Actor, reason: str) -> Made:
    made.basis, made.signed_at = Basis.SIGNED, timezone.now()
    made.signed_by, made.signed_name = signer.get_username(), signer.printed_name
    made.digest = digest_of(made)
    with acting(by, reason=reason):
        made.save()
    return made


def digest_of(made: SignedGoLive) -> str:
    """SHA-256 of everything that the signature covers."""
    left_out = ("id", "at", "digest")
    content = {field.attname: getattr(made, field.attname) for field in _fields(made) if field.attname not in left_out}
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=_moment).encode()).hexdigest()


def signature_holds(made: SignedGoLive) -> bool:
    """Whether what was signed is what stands there; also where it was not signed, for then nothing claims it was."""
    return made.basis != Basis.SIGNED or made.digest == digest_of(made)


def _fields(made: SignedGoLive) -> list[models.Field]:
    return list(made._meta.concrete_fields)


def _moment(value: date | datetime) -> str:
    return value.isoformat()
