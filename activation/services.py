"""A site goes live, and the trial: by a signature, of what the records say at that moment."""

from datetime import date

from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import Site, User
from activation.acceptance import AcceptanceRun, against
from activation.checklist import checklist, missing
from cohorts.go_live import sign_site, sign_trial
from cohorts.models import SiteGoLive, TrialGoLive
from cohorts.services import Refused
from protocol import in_force
from values.dates import shown_date

SITE_MEANING = "I have gone through each line of this checklist: the site is ready to take subjects into this trial."
TRIAL_MEANING = "I have looked at this acceptance run: with this program and this protocol file the trial may go live."


def sign_off_run(*, run: AcceptanceRun, file_name: str, conclusion: str, signer: User, by: Actor) -> TrialGoLive:
    """Of a user who has given name and password again (accounts.signing). With the first one the trial is live; a later
    one is that of another version. Raises Refused where it is not of this program and protocol, or shows faults."""
    protocol = in_force()
    with acting(by):
        if why := against(run, protocol, timezone.now()):
            refusal = Refused(" ".join(why), "file")
            refusal.errors = {"file": why}
            raise refusal
        if TrialGoLive.objects.filter(sha256=run.sha256).exists():
            raise Refused("This run is signed off already.", "file")
        return sign_trial(
            file_name=file_name[:200],
            sha256=run.sha256,
            program=run.program,
            protocol_version=run.protocol_version,
            protocol_sha256=run.protocol_sha256,
            run_at=run.ended,
            says=run.words,
            conclusion=conclusion.strip(),
            meaning=TRIAL_MEANING,
            signer=signer,
            by=by,
        )


def take_site_live(
    *, site: Site, forms_seen_by: str, forms_seen_on: date, signer: User, by: Actor, live_from: date | None = None
) -> SiteGoLive:
    """Of a user who has given name and password again (accounts.signing). Kept is what the checklist said, with who
    of the site looked through the blank forms and when. Raises Refused where a line does not hold, or it was signed."""
    live_from = live_from or timezone.localdate()
    if forms_seen_on > timezone.localdate():
        raise Refused("This date is in the future.", "forms_seen_on")
    with acting(by):
        # Of two who sign at once the second sees that the first did.
        site = Site.objects.select_for_update(of=("self",)).select_related("go_live").get(pk=site.pk)
        _refuse_live_or_closed(site)
        lines = checklist(site, live_from)
        if against := missing(lines):
            raise Refused(" ".join(f"{line.what}: {line.says}" for line in against))
        seen = f"Reviewed by {forms_seen_by.strip()} on {shown_date(forms_seen_on)}."
        return sign_site(
            site=site,
            checklist=[*([line.what, line.says] for line in lines), ["Blank forms", seen]],
            live_from=live_from,
            protocol_version=in_force().version,
            meaning=SITE_MEANING,
            signer=signer,
            by=by,
        )


def _refuse_live_or_closed(site: Site) -> None:
    if getattr(site, "go_live", None) is not None:
        raise Refused(f"Site {site.code} is live already.")
    if not site.is_active:
        raise Refused(f"Site {site.code} is closed: an administrator reopens it first.")
