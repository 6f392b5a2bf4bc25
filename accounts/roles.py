"""What each role may do: a change of rights is a change of this file, which somebody reviews."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    VIEW_SUBJECTS = "view_subjects"
    VIEW_IDENTIFYING = "view_identifying"
    ENTER_DATA = "enter_data"
    IMPORT_LABORATORY = "import_laboratory_files"
    SIGN = "sign"
    ENROL = "enrol"
    APPROVE_ENROLMENT = "approve_enrolment"
    MANAGE_COHORTS = "manage_cohorts"
    MANAGE_RANGES = "manage_reference_ranges"
    GO_LIVE = "go_live"
    RAISE_QUERY = "raise_query"
    ANSWER_QUERY = "answer_query"
    CLOSE_QUERY = "close_query"
    VERIFY_SOURCE = "verify_source"
    RUN_CHECKS = "run_checks"
    FREEZE = "freeze"
    LOCK = "lock"
    VIEW_ENDPOINTS = "view_endpoints"
    VIEW_OWN_OUTCOMES = "view_own_outcomes"
    DOWNLOAD_DATA = "download_data"
    DOWNLOAD_WITH_TRAIL = "download_data_with_trail"
    CONFIRM_SERIOUS = "confirm_serious_events"
    VIEW_COMMITTEE = "view_dose_committee"
    VIEW_SIGNATURES = "view_signatures"
    VIEW_STATUS = "view_status_of_the_system"
    VIEW_TRAIL = "view_trail"
    VIEW_RECORD_TRAIL = "view_record_trail"
    VIEW_TRAIL_REVIEWS = "view_reviews_of_the_trail"
    REVIEW_TRAIL = "review_trail"
    VERIFY_WHOLES = "verify_wholes"
    VIEW_ACCESS_LOG = "view_access_log"
    VERIFY_FILES = "verify_files"
    VIEW_STAFF = "view_staff"
    VIEW_ACCESS_REVIEWS = "view_reviews_of_access"
    CONFIRM_ACCESS = "confirm_access_under_review"
    MANAGE_USERS = "manage_users"
    IMPORT_RANDOMISATION = "import_randomisation_list"


class Role(StrEnum):
    """In order of weight: of several roles at one site the first one signs for what the user does there."""

    INVESTIGATOR = "investigator"
    COORDINATOR = "coordinator"
    MONITOR = "monitor"
    DATA_MANAGER = "data_manager"
    SPONSOR = "sponsor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


class Side(StrEnum):
    """A user works for one side only: who records data never checks it, who gives out rights sees no data."""

    SITE = "site"
    OVERSIGHT = "oversight"
    SYSTEM = "system"


@dataclass(frozen=True)
class RoleDefinition:
    """All that the program knows of a role.

    `landing` is the URL name of the page where its work begins; `sees_first` says what that shows and `mainly` what the
    work is, for the table of the manual.
    """

    sentence: str
    permissions: frozenset[Permission]
    side: Side
    all_sites: bool
    landing: str
    sees_first: str
    mainly: str


P = Permission

ROLES: dict[Role, RoleDefinition] = {
    Role.INVESTIGATOR: RoleDefinition(
        "Treats the subjects of a site: records and signs their data, enrols them, answers queries, and sees how they"
        " respond, but no pooled efficacy.",
        frozenset(
            {
                P.VIEW_SUBJECTS,
                P.VIEW_IDENTIFYING,
                P.ENTER_DATA,
                P.IMPORT_LABORATORY,
                P.SIGN,
                P.ENROL,
                P.ANSWER_QUERY,
                P.VIEW_OWN_OUTCOMES,
                P.DOWNLOAD_DATA,
                P.DOWNLOAD_WITH_TRAIL,
                P.VIEW_SIGNATURES,
                P.VIEW_TRAIL,
                P.VIEW_RECORD_TRAIL,
                P.VIEW_STAFF,
            }
        ),
        Side.SITE,
        all_sites=False,
        landing="subject_list",
        sees_first="what waits for your signature, else the subjects",
        mainly="type forms, answer queries, sign, ask for slots and read how your subjects respond",
    ),
    Role.COORDINATOR: RoleDefinition(
        "Records the data of a site's subjects and answers queries; signs nothing and enrols nobody.",
        frozenset(
            {
                P.VIEW_SUBJECTS,
                P.VIEW_IDENTIFYING,
                P.ENTER_DATA,
                P.IMPORT_LABORATORY,
                P.ANSWER_QUERY,
                P.VIEW_SIGNATURES,
                P.VIEW_TRAIL,
                P.VIEW_RECORD_TRAIL,
            }
        ),
        Side.SITE,
        all_sites=False,
        landing="subject_list",
        sees_first="the subjects of your site",
        mainly="add subjects, type forms, answer queries",
    ),
    Role.MONITOR: RoleDefinition(
        "Checks the records of the sites in charge against their source: raises and closes queries, verifies, freezes.",
        frozenset(
            {
                P.VIEW_SUBJECTS,
                P.VIEW_IDENTIFYING,
                P.RAISE_QUERY,
                P.CLOSE_QUERY,
                P.VERIFY_SOURCE,
                P.FREEZE,
                P.VIEW_SIGNATURES,
                P.VIEW_TRAIL,
                P.VIEW_RECORD_TRAIL,
                P.VIEW_TRAIL_REVIEWS,
                P.REVIEW_TRAIL,
                P.VIEW_STAFF,
            }
        ),
        Side.OVERSIGHT,
        all_sites=False,
        landing="query_list",
        sees_first="what waits to be verified at your sites, else their queries",
        mainly="read forms, raise queries at a field, close what is answered",
    ),
    Role.DATA_MANAGER: RoleDefinition(
        "Keeps the data of all sites in order: queries, freezes, locks, approves enrolment, signs what the dose"
        " committee decided, is told of serious events, confirms the access of administrators, brings in the files of"
        " laboratories, signs that the trial and its sites go live; types no clinical data.",
        frozenset(
            {
                P.VIEW_SUBJECTS,
                P.VIEW_IDENTIFYING,
                P.IMPORT_LABORATORY,
                P.APPROVE_ENROLMENT,
                P.RUN_CHECKS,
                P.MANAGE_COHORTS,
                P.MANAGE_RANGES,
                P.GO_LIVE,
                P.RAISE_QUERY,
                P.CLOSE_QUERY,
                P.FREEZE,
                P.LOCK,
                P.CONFIRM_SERIOUS,
                P.VIEW_COMMITTEE,
                P.VIEW_ENDPOINTS,
                P.VIEW_OWN_OUTCOMES,
                P.DOWNLOAD_DATA,
                P.DOWNLOAD_WITH_TRAIL,
                P.VIEW_SIGNATURES,
                P.VIEW_TRAIL,
                P.VIEW_RECORD_TRAIL,
                P.VIEW_TRAIL_REVIEWS,
                P.REVIEW_TRAIL,
                P.VERIFY_WHOLES,
                P.VERIFY_FILES,
                P.VIEW_STATUS,
                P.VIEW_STAFF,
                P.VIEW_ACCESS_REVIEWS,
                P.CONFIRM_ACCESS,
            }
        ),
        Side.OVERSIGHT,
        all_sites=True,
        landing="cohort_list",
        sees_first="the cohorts",
        mainly="sign decisions on dose levels, approve slots, lock forms",
    ),
    Role.SPONSOR: RoleDefinition(
        "Reads the endpoints and the de-identified subjects of all sites, down to the trail of a record that a figure"
        " rests on; is told of serious events and confirms each report; changes no data.",
        frozenset(
            {
                P.VIEW_SUBJECTS,
                P.CONFIRM_SERIOUS,
                P.VIEW_COMMITTEE,
                P.VIEW_ENDPOINTS,
                P.VIEW_OWN_OUTCOMES,
                P.DOWNLOAD_DATA,
                P.VIEW_SIGNATURES,
                P.VIEW_RECORD_TRAIL,
            }
        ),
        Side.OVERSIGHT,
        all_sites=True,
        landing="endpoints",
        sees_first="the endpoints",
        mainly="follow a number to its subjects and records, take files, confirm serious events",
    ),
    Role.AUDITOR: RoleDefinition(
        "Reads everything of all sites, the trail and the log of access too, and has them verified; changes nothing.",
        frozenset(
            {
                P.VIEW_SUBJECTS,
                P.VIEW_IDENTIFYING,
                P.VIEW_COMMITTEE,
                P.VIEW_ENDPOINTS,
                P.VIEW_OWN_OUTCOMES,
                P.DOWNLOAD_DATA,
                P.DOWNLOAD_WITH_TRAIL,
                P.VIEW_SIGNATURES,
                P.VIEW_TRAIL,
                P.VIEW_RECORD_TRAIL,
                P.VIEW_TRAIL_REVIEWS,
                P.VERIFY_WHOLES,
                P.VIEW_STATUS,
                P.VIEW_ACCESS_LOG,
                P.VERIFY_FILES,
                P.VIEW_STAFF,
                P.VIEW_ACCESS_REVIEWS,
            }
        ),
        Side.OVERSIGHT,
        all_sites=True,
        landing="endpoints",
        sees_first="the endpoints",
        mainly="read the trail and the log of access",
    ),
    Role.ADMINISTRATOR: RoleDefinition(
        "Gives and takes accounts, sites and roles, imports the list that subjects are randomised by, and reads the log"
        " of access and the status of the system; sees no clinical data.",
        frozenset(
            {
                P.MANAGE_USERS,
                P.IMPORT_RANDOMISATION,
                P.VIEW_STATUS,
                P.VIEW_ACCESS_LOG,
                P.VERIFY_FILES,
                P.VIEW_STAFF,
                P.VIEW_ACCESS_REVIEWS,
                P.CONFIRM_ACCESS,
            }
        ),
        Side.SYSTEM,
        all_sites=True,
        landing="people",
        sees_first="people",
        mainly="give accounts, sites and roles; sees no clinical data",
    ),
}

ALL_SITES_ROLES = tuple(role for role in Role if ROLES[role].all_sites)
SITE_ROLES = tuple(role for role in Role if not ROLES[role].all_sites)
