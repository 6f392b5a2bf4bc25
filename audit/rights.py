"""What the application's role may do with each table: the least that the program needs, and why it is more than that.

Everything may be read. What a table's line does not name is the owner's alone: `setup_database` takes away the rest.
Nothing may be emptied. A table without a line is refused by `setup_database`.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Rights:
    """`update` are columns; `update_but` is every column but those. `because` says why rows change or go."""

    insert: bool = True
    update: tuple[str, ...] = ()
    update_but: tuple[str, ...] = ()
    delete: bool = False
    because: str = ""
    # In an installation of invented records alone: the demonstration dates what it types to the days that it is about.
    synthetic: tuple[str, ...] = ()

    @property
    def held(self) -> list[str]:
        """Of whole rows, beside reading them."""
        return ["INSERT"] * self.insert + ["DELETE"] * self.delete

    def updated(self, columns: Collection[str], synthetic: bool) -> list[str]:
        """Which of the table's columns may be changed, sorted."""
        named = {*self.update, *(self.synthetic if synthetic else ())}
        return sorted({*columns} - {*self.update_but} if self.update_but else {*columns} & named)


def _change(columns: str, because: str, synthetic: str = "") -> Rights:
    return Rights(update=tuple(columns.split()), because=because, synthetic=tuple(synthetic.split()))


READ = Rights(insert=False)
ADD = Rights()
RECORD = Rights(update_but=("case_form_id",), because="a form is corrected; of which form it is stays")
ROW = Rights(update_but=("id", "case_form_id", "row"), because="a row is corrected or struck out; its number stays")
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
        update_but=("id",), delete=True, because="a factor is used up and taken away; allauth writes whole rows"
    ),
    "trialsite_cache": Rights(
        update=("value", "expires"), delete=True, because=f"{PASSING}counts of sign-ins that run out"
    ),
    "trialsite_heartbeat": _change("at", f"{PASSING}when worker and clock were last at work"),
    # --- people -------------------------------------------------------------------------------------------------------
    "accounts_acceptance": ADD,
    "accounts_apitoken": Rights(update=("reminded_at",), delete=True, because="a user has one token at a time"),
    "accounts_membership": _change("ended_at", "a role ends"),
    "accounts_session": Rights(
        update=("session_data", "expire_date", "user_id", "proof"),
        delete=True,
        because=f"{PASSING}a session changes and ends; whose it is takes a proof",
    ),
    "accounts_signin": Rights(
        update=("session_key",), delete=True, because=f"{PASSING}follows the session to a new key, goes at the sign-out"
    ),
    "accounts_site": _change("is_active time_zone", "a site is closed and opened, its zone corrected"),
    "accounts_training": ADD,
    "accounts_user": _change(
        "password last_login is_active session_epoch password_link_issued_at password_link_issued_by"
        " password_link_used_at password_changed_at statement_version sessions_ended_at left_at"
        " factor_reset_at factor_reset_by first_name last_name email",
        "a user signs in, sets a password, is corrected, suspended, leaves; user name and rights by flags never change",
    ),
    # --- the trail and what it is sealed by ---------------------------------------------------------------------------
    "audit_accessevent": ADD,
    "audit_event": READ,
    "audit_stranger": Rights(
        update=("tries", "names"), delete=True, because=f"{PASSING}a count, until it is a line of the log of access"
    ),
    "audit_seal": ADD,
    "audit_wholeverified": _change(
        "begun_at ended_at entries says faults fault_count", "a verification begins and ends"
    ),
    "receipts_receipt": Rights(update=("status", "body"), delete=True, because=f"{PASSING}answers, kept for some days"),
    # --- subjects -----------------------------------------------------------------------------------------------------
    "cohorts_cohort": _change("is_open", "a cohort is opened and closed"),
    "cohorts_enrolment": _change("cohort_id status enrolled_on", "a request is decided, after a refusal made anew"),
    "cohorts_protocolversion": ADD,
    "protocol_inforce": ADD,
    "cohorts_subject": _change("status first_dose_date", "both follow the record; site and number stay"),
    "cohorts_visit": Rights(
        update=("target_date", "window_from", "window_to", "visit_date", "in_error"),
        delete=True,
        because="plans move; a planned visit without a form, or one added by mistake, goes",
    ),
    # --- the record ---------------------------------------------------------------------------------------------------
    "assessments_caseform": _change(
        "state not_done_reason version first_completed_at untaken"
        " withdrawn_at withdrawn_by withdrawn_reason withdrawn_state",
        "a save claims the form; stamps of freezes and locks are set by their closure alone",
    ),
    "assessments_adverseevent": RECORD,
    "assessments_breastcancerhistory": RECORD,
    "assessments_chemistry": RECORD,
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
    "assessments_haematology": RECORD,
    "assessments_infusionvisit": RECORD,
    "assessments_lvef": RECORD,
    "assessments_medicalhistory": RECORD,
    "assessments_newanticancertherapy": RECORD,
    "assessments_pregnancytest": RECORD,
    "assessments_protocoldeviation": RECORD,
    "assessments_tumourassessment": RECORD,
    "assessments_tumourbaseline": RECORD,
    "assessments_vitalsigns": RECORD,
    "assessments_drugdispensingrow": ROW,
    "assessments_everolimusinterval": ROW,
    "assessments_exposureinterval": ROW,
    "assessments_laboratoryresult": ROW,
    "assessments_medicalhistoryrow": ROW,
    "assessments_priortherapy": ROW,
    "assessments_itemabsence": Rights(
        update=("reason",), delete=True, because="the reason why an item is empty goes when it is filled"
    ),
    "assessments_lesion": _change(
        "kind location location_detail method struck_out", "a lesion is corrected or struck out; its label stays"
    ),
    "assessments_lesionresult": Rights(
        update=("state", "diameters_mm", "examined_on", "method"),
        delete=True,
        because="a finding that was emptied, or whose lesion was struck out, goes",
    ),
    "assessments_untakentext": Rights(
        update=("text", "why"), delete=True, because="a text that waits goes when it can be read"
    ),
    "assessments_openform": Rights(
        update=("seen",), delete=True, because=f"{PASSING}who has a form open at the moment"
    ),
    "assessments_savereceipt": Rights(delete=True, because=f"{PASSING}which saves arrived, kept for some days"),
    "laboratory_referencerange": Rights(
        update_but=("id", "site_id"), because="a line is corrected and ended; of which site it is stays"
    ),
    "sdtm_source": ADD,
    "terminology_dictionary": _change("in_force", "another version comes into force"),
    "terminology_lowestterm": ADD,
    # --- review of the record -----------------------------------------------------------------------------------------
    "review_checkrun": _change("done found last_subject finished_at", "a run goes on"),
    "review_keptfilter": Rights(
        update=("address",), delete=True, because=f"{PASSING}a list's filter that a user keeps"
    ),
    "review_query": _change(
        "state text reopened assigned_to_id assigned_role changed_at",
        "a query takes steps; a check asks in the words of what it finds now",
    ),
    "review_querystep": ADD,
    "sdv_formverification": _change(
        "version verified lapsed outstanding outstanding_critical", "counts of the verifications of a form"
    ),
    "sdv_monitoringvisit": _change("ends_on remarks closed_at", "a monitoring visit is closed"),
    "sdv_verification": _change("ended_at ended_by lapsed end_reason", "a verification ends"),
    "sdv_visitreport": ADD,
    "trail_reviews_finding": _change("query_id", "a query is raised from a finding"),
    "trail_reviews_trailreview": _change(
        "conclusion seen_to signed_at signed_by signed_name digest", "a review is signed off"
    ),
    "staff_accessline": _change("decision reason decided_at decided_by", "a line of a review is decided"),
    "staff_accessreview": _change("conclusion signed_at signed_by signed_name digest", "a review is signed"),
    "staff_reviewreminder": ADD,
    # --- what is signed, shut, told -----------------------------------------------------------------------------------
    "signature_closure": _change("reopened_at reopened_by reopened_for", "a place is opened again, with its reason"),
    "signature_doubt": Rights(delete=True, because="a signature that verifies again is in doubt no more"),
    "signature_signature": ADD,
    "safety_doseleveldecision": ADD,
    "safety_seriousevent": ADD,
    "safety_seriousreport": _change(
        "alerted_at confirmed_at confirmed_by ended_at",
        "a report is told, confirmed and ended; what it says stays",
        synthetic="aware_at reported_at",
    ),
    "safety_notice": _change(
        "read_at emailed_at email_failures email_again_at", "a notice is read and mailed", synthetic="at"
    ),
    "worklists_digest": _change("emailed_at", "a digest is mailed"),
    # --- derived, and derived again -----------------------------------------------------------------------------------
    "endpoints_estimate": Rights(update_but=("id", "population", "analysis_set"), because="derived from the record"),
    "endpoints_mark": Rights(delete=True, because="which subjects wait to be derived"),
    "endpoints_outcome": Rights(update_but=("subject_id",), because="derived from the record"),
}
