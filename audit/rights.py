"""What the roles of site and worker may do with each table: the least that the program needs, and why it is more.

Everything may be read. What a table's line does not name is the owner's alone: `setup_database` takes away the rest.
Nothing may be emptied. A table without a line is refused by `setup_database`. Where a line says so, the worker alone
may do a thing, or users who hold one of some rights: the trail's trigger holds them to it (docs/decisions/0039).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from accounts.roles import Permission as P


@dataclass(frozen=True)
class Rights:
    """`update` are columns; `update_but` is every column but those. `because` says why rows change or go.

    `worker` names what of it the worker alone does. `by`: one of these rights it takes, `added_by` to add rows where
    that differs; `own` rows, those about oneself, take none. Without `by` the line is for every user: what is noted
    of all that happens, and what no trail is written of.
    """

    insert: bool = True
    update: tuple[str, ...] = ()
    update_but: tuple[str, ...] = ()
    delete: bool = False
    because: str = ""
    # In an installation of invented records alone: the demonstration dates what it types to the days that it is about.
    synthetic: tuple[str, ...] = ()
    worker: tuple[str, ...] = ()
    by: tuple[P, ...] | None = None
    added_by: tuple[P, ...] = ()
    own: bool = False

    def of_the_site(self) -> "Rights":
        """Without what the worker alone does."""
        nothing = {"update": (), "update_but": ()} if "UPDATE" in self.worker else {}
        kept = {right.lower(): False for right in ("INSERT", "DELETE") if right in self.worker}
        return replace(self, **kept, **nothing)  # type: ignore[arg-type]

    @property
    def held(self) -> list[str]:
        """Of whole rows, beside reading them."""
        return ["INSERT"] * self.insert + ["DELETE"] * self.delete

    def updated(self, columns: Collection[str], synthetic: bool) -> list[str]:
        """Which of the table's columns may be changed, sorted."""
        named = {*self.update, *(self.synthetic if synthetic else ())}
        return sorted({*columns} - {*self.update_but} if self.update_but else {*columns} & named)


def _change(columns: str, because: str, *by: P, synthetic: str = "", **others: Any) -> Rights:
    changed, dated = tuple(columns.split()), tuple(synthetic.split())
    return Rights(update=changed, because=because, synthetic=dated, by=by or None, **others)


READ = Rights(insert=False)
ADD = Rights()
# By nobody who signs in: the worker and commands bring it.
NOBODY: tuple[P, ...] = ()
SITES = (P.ENTER_DATA,)
# Results come in files too, and are graded again when a range of reference changes.
LABORATORY = (*SITES, P.IMPORT_LABORATORY, P.MANAGE_RANGES)
# A subject's visits and standing follow forms, enrolment and files.
COURSE = (*SITES, P.IMPORT_LABORATORY, P.ENROL, P.APPROVE_ENROLMENT)
# What people ask and answer, and what the checks of a save ask.
QUERIES = (*COURSE, P.RAISE_QUERY, P.ANSWER_QUERY, P.CLOSE_QUERY, P.MANAGE_RANGES)
RECORD = Rights(update_but=("case_form_id",), because="a form is corrected; of which form it is stays", by=SITES)
# An administrator who puts a site's clock right moves the instants of its times of day.
TIMED = replace(RECORD, by=(*SITES, P.MANAGE_USERS), added_by=SITES)
RESULTS = replace(TIMED, by=(*LABORATORY, P.MANAGE_USERS), added_by=LABORATORY)
ROW = Rights(
    update_but=("id", "case_form_id", "row"), because="a row is corrected or struck out; its number stays", by=SITES
)
PASSING = "nothing of the record: "

RIGHTS: dict[str, Rights] = {
    # --- what Django and its libraries keep ---------------------------------------------------------------------------
    "account_emailaddress": READ,
    "account_emailconfirmation": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": READ,
    "mfa_authenticator": Rights(
        update_but=("id",),
        delete=True,
        because="a factor is used up and taken away; allauth writes whole rows",
        by=(P.MANAGE_USERS,),
        own=True,
    ),
    "trialsite_cache": Rights(
        update=("value", "expires"), delete=True, because=f"{PASSING}counts of sign-ins that run out"
    ),
    "trialsite_heartbeat": _change(
        "at", f"{PASSING}when worker and clock were last at work", worker=("INSERT", "UPDATE")
    ),
    # --- people -------------------------------------------------------------------------------------------------------
    "accounts_acceptance": Rights(by=NOBODY, own=True),
    "accounts_apitoken": Rights(
        update=("reminded_at",),
        delete=True,
        because="a user has one token at a time",
        worker=("UPDATE",),
        by=(P.MANAGE_USERS,),
        own=True,
    ),
    "accounts_membership": _change("ended_at", "a role ends", P.MANAGE_USERS),
    "accounts_session": Rights(
        update=("session_data", "expire_date", "user_id", "proof"),
        delete=True,
        because=f"{PASSING}a session changes and ends; whose it is takes a proof",
    ),
    "accounts_signin": Rights(
        update=("session_key",), delete=True, because=f"{PASSING}follows the session to a new key, goes at the sign-out"
    ),
    "accounts_site": _change("is_active time_zone", "a site is closed and opened, its zone corrected", P.MANAGE_USERS),
    "accounts_training": Rights(by=(P.MANAGE_USERS,), own=True),
    "accounts_user": _change(
        "password last_login is_active session_epoch password_link_issued_at password_link_issued_by"
        " password_link_used_at password_changed_at statement_version sessions_ended_at left_at"
        " factor_reset_at factor_reset_by first_name last_name email",
        "a user signs in, sets a password, is corrected, suspended, leaves; user name and rights by flags never change",
        P.MANAGE_USERS,
        own=True,
    ),
    # --- the trail and what it is sealed by ---------------------------------------------------------------------------
    "audit_accessevent": ADD,
    "audit_event": READ,
    "audit_stranger": Rights(
        update=("tries", "names"),
        delete=True,
        because=f"{PASSING}a count, until it is a line of the log of access",
        worker=("DELETE",),
    ),
    "audit_seal": Rights(worker=("INSERT",)),
    "audit_wholeverified": _change(
        "begun_at ended_at entries says faults fault_count",
        "a verification begins and ends",
        P.VERIFY_WHOLES,
        worker=("UPDATE",),
    ),
    "receipts_receipt": Rights(update=("status", "body"), delete=True, because=f"{PASSING}answers, kept for some days"),
    # --- subjects -----------------------------------------------------------------------------------------------------
    "cohorts_approval": _change(
        "planned_to planned_at",
        "the site's subjects are planned by it one by one",
        P.MANAGE_COHORTS,
        worker=("UPDATE",),
    ),
    "cohorts_cohort": _change("is_open", "a cohort is opened and closed", P.MANAGE_COHORTS),
    "cohorts_enrolment": _change(
        "cohort_id status enrolled_on",
        "a request is decided, after a refusal made anew",
        P.ENROL,
        P.APPROVE_ENROLMENT,
        added_by=(P.ENROL,),
    ),
    # The list itself is edc.place, of which nobody has any right; the function that gives its next number writes both.
    "randomisation_allocation": Rights(insert=False, by=(P.APPROVE_ENROLMENT,)),
    "randomisation_allocationlist": Rights(by=(P.IMPORT_RANDOMISATION,)),
    "cohorts_protocolversion": Rights(by=(P.MANAGE_COHORTS,)),
    "protocol_inforce": Rights(by=(P.MANAGE_COHORTS,)),
    "cohorts_trialgolive": Rights(by=(P.GO_LIVE,)),
    "cohorts_sitegolive": Rights(by=(P.GO_LIVE,)),
    "cohorts_subject": _change(
        "status first_dose_date protocol_id", "they follow the record; site and number stay", *COURSE, added_by=SITES
    ),
    "cohorts_visit": Rights(
        update=("target_date", "window_from", "window_to", "visit_date", "in_error", "protocol_id"),
        delete=True,
        because="plans move; a planned visit without a form, or one added by mistake, goes",
        by=COURSE,
    ),
    # --- the record ---------------------------------------------------------------------------------------------------
    "assessments_caseform": _change(
        "state not_done_reason version first_completed_at untaken"
        " withdrawn_at withdrawn_by withdrawn_reason withdrawn_state",
        "a save claims the form; stamps of freezes and locks are set by their closure alone",
        *LABORATORY,
    ),
    "assessments_adverseevent": TIMED,
    "assessments_breastcancerhistory": RECORD,
    "assessments_chemistry": RESULTS,
    "assessments_concomitantmedication": RECORD,
    "assessments_consent": RECORD,
    "assessments_death": RECORD,
    "assessments_demography": RECORD,
    "assessments_dltevaluation": RECORD,
    "assessments_drugdispensing": RECORD,
    "assessments_ecg": RECORD,
    "assessments_eligibility": RECORD,
    "assessments_endoftreatment": RECORD,
    "assessments_everolimusrecord": RECORD,
    "assessments_exposurerecord": RECORD,
    "assessments_followup": RECORD,
    "assessments_haematology": RESULTS,
    "assessments_infusionvisit": RECORD,
    "assessments_lvef": RECORD,
    "assessments_medicalhistory": RECORD,
    "assessments_newanticancertherapy": RECORD,
    "assessments_reconsent": RECORD,
    "assessments_pregnancytest": RECORD,
    "assessments_protocoldeviation": RECORD,
    "assessments_tumourassessment": RECORD,
    "assessments_tumourbaseline": RECORD,
    "assessments_vitalsigns": RECORD,
    "assessments_drugdispensingrow": ROW,
    "assessments_everolimusinterval": ROW,
    "assessments_exposureinterval": ROW,
    "assessments_laboratoryresult": replace(ROW, by=LABORATORY),
    "assessments_medicalhistoryrow": ROW,
    "assessments_priortherapy": ROW,
    "assessments_itemabsence": Rights(
        update=("reason",), delete=True, because="the reason why an item is empty goes when it is filled", by=LABORATORY
    ),
    "assessments_lesion": _change(
        "kind location location_detail method struck_out",
        "a lesion is corrected or struck out; its label stays",
        *SITES,
    ),
    "assessments_lesionresult": Rights(
        update=("state", "diameters_mm", "examined_on", "method"),
        delete=True,
        because="a finding that was emptied, or whose lesion was struck out, goes",
        by=SITES,
    ),
    "assessments_untakentext": Rights(
        update=("text", "why"), delete=True, because="a text that waits goes when it can be read", by=LABORATORY
    ),
    "assessments_openform": Rights(
        update=("seen",), delete=True, because=f"{PASSING}who has a form open at the moment"
    ),
    "assessments_savereceipt": Rights(
        delete=True, because=f"{PASSING}which saves arrived, kept for some days", worker=("DELETE",)
    ),
    "laboratory_referencerange": Rights(
        update_but=("id", "site_id"),
        because="a line is corrected and ended; of which site it is stays",
        by=(P.MANAGE_RANGES,),
    ),
    "sdtm_source": Rights(worker=("INSERT",)),
    "terminology_dictionary": Rights(
        update=("in_force",), because="another version comes into force", worker=("INSERT", "UPDATE"), by=NOBODY
    ),
    "terminology_lowestterm": Rights(worker=("INSERT",)),
    # --- review of the record -----------------------------------------------------------------------------------------
    "review_checkrun": _change(
        "done found last_subject finished_at", "a run goes on", P.RUN_CHECKS, worker=("UPDATE",)
    ),
    "review_keptfilter": Rights(
        update=("address",), delete=True, because=f"{PASSING}a list's filter that a user keeps", by=NOBODY, own=True
    ),
    "review_query": _change(
        "state text reopened assigned_to_id assigned_role changed_at",
        "a query takes steps; a check asks in the words of what it finds now",
        *QUERIES,
    ),
    "review_querystep": Rights(by=QUERIES),
    "sdv_formverification": _change(
        "version verified lapsed outstanding outstanding_critical", "counts of the verifications of a form"
    ),
    "sdv_monitoringvisit": _change("ends_on remarks closed_at", "a monitoring visit is closed", P.VERIFY_SOURCE),
    "sdv_verification": _change(
        "ended_at ended_by lapsed end_reason",
        "a verification ends, by its monitor or by a change of what was verified",
        P.VERIFY_SOURCE,
        *LABORATORY,
        added_by=(P.VERIFY_SOURCE,),
    ),
    "sdv_visitreport": Rights(by=(P.VERIFY_SOURCE,)),
    "trail_reviews_finding": _change("query_id", "a query is raised from a finding", P.REVIEW_TRAIL),
    "trail_reviews_trailreview": _change(
        "conclusion seen_to signed_at signed_by signed_name digest", "a review is signed off", P.REVIEW_TRAIL
    ),
    "staff_accessline": _change(
        "decision reason decided_at decided_by", "a line of a review is decided", P.MANAGE_USERS, P.CONFIRM_ACCESS
    ),
    "staff_accessreview": _change(
        "conclusion signed_at signed_by signed_name digest", "a review is signed", P.MANAGE_USERS, P.CONFIRM_ACCESS
    ),
    "staff_reviewreminder": Rights(worker=("INSERT",), by=NOBODY),
    # --- what is signed, shut, told -----------------------------------------------------------------------------------
    "signature_closure": _change(
        "reopened_at reopened_by reopened_for", "a place is opened again, with its reason", P.FREEZE, P.LOCK
    ),
    "signature_doubt": Rights(
        delete=True,
        because="a signature that verifies again is in doubt no more",
        worker=("INSERT", "DELETE"),
        by=NOBODY,
    ),
    "signature_signature": Rights(by=(P.SIGN,)),
    "safety_doseleveldecision": Rights(by=(P.MANAGE_COHORTS,)),
    "safety_seriousevent": Rights(by=SITES),
    "safety_seriousreport": _change(
        "alerted_at confirmed_at confirmed_by ended_at",
        "a report is told, confirmed and ended; what it says stays",
        *SITES,
        P.CONFIRM_SERIOUS,
        added_by=SITES,
        synthetic="aware_at reported_at",
    ),
    "safety_notice": _change(
        "read_at emailed_at email_failures email_again_at",
        "a notice is read and mailed",
        P.CONFIRM_SERIOUS,
        worker=("INSERT",),
        synthetic="at",
    ),
    "worklists_digest": _change("emailed_at", "a digest is mailed", worker=("INSERT", "UPDATE")),
    # --- derived, and derived again -----------------------------------------------------------------------------------
    "endpoints_earlieroutcome": Rights(worker=("INSERT",)),
    "endpoints_estimate": Rights(
        update_but=("id", "population", "analysis_set"), because="derived from the record", worker=("INSERT", "UPDATE")
    ),
    "endpoints_mark": Rights(delete=True, because="which subjects wait to be derived", worker=("DELETE",)),
    "endpoints_outcome": Rights(
        update_but=("subject_id",), because="derived from the record", worker=("INSERT", "UPDATE")
    ),
}
