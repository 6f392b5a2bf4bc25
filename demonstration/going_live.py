"""The invented trial goes live and its hospitals do: each by a signature, as a data manager gives it."""

from datetime import date, timedelta
from hashlib import sha256

from accounts.models import Site, User
from accounts.roles import Role
from activation.program import program_digest
from activation.services import take_site_live
from amendments.services import approve
from cohorts.go_live import sign_trial, trial_is_live
from cohorts.models import Approval, ProtocolVersion, SiteGoLive
from demonstration.people import People, user_name
from protocol import in_force

# What is signed off: no test was run, and nobody shall think so.
RUN = b"The acceptance run of the demonstration is invented, as its records are: no test was run."
MEANING = "Signed by an invented person, so that the demonstration can be looked at."


def take_live(site: Site, day: date, people: People) -> None:
    """The hospital, and before the first one the trial. What is signed already stays, so that a run can go on."""
    signer, by = User.objects.get(username=user_name(Role.DATA_MANAGER)), people.of(Role.DATA_MANAGER)
    if not trial_is_live():
        sign_trial(
            file_name="invented-acceptance-run.txt",
            sha256=sha256(RUN).hexdigest(),
            program=program_digest(),
            protocol_version=in_force().version,
            protocol_sha256=in_force().sha256,
            says=RUN.decode(),
            meaning=MEANING,
            signer=signer,
            by=by,
        )
    version = ProtocolVersion.objects.get(sha256=in_force().sha256)
    if not Approval.objects.filter(site=site, version=version).exists():
        approved_on = day - timedelta(30)
        approve(site=site, version=version, approved_on=approved_on, active_from=approved_on, by=by)
    if not SiteGoLive.objects.filter(site=site).exists():
        take_site_live(
            site=site,
            forms_seen_by=f"the investigator of {site.code}",
            forms_seen_on=day - timedelta(7),
            live_from=day,
            signer=signer,
            by=by,
        )
