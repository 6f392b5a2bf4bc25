"""Every operation of the API with the right that it needs: the schema says which there are, this table what each asks.

A row is (method, address, right or None for everyone who is signed in, whether it is about one site, what is sent).
"""

from typing import Any

from accounts.roles import ROLES, Role
from accounts.roles import Permission as P
from assessments.catalogue import CATALOGUE
from protocol import current

# Of each role, who of the cast has it.
PEOPLE = {
    Role.INVESTIGATOR: "investigator",
    Role.COORDINATOR: "coordinator",
    Role.MONITOR: "monitor",
    Role.DATA_MANAGER: "data_manager",
    Role.SPONSOR: "sponsor",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}
SUBJECT = {"subject": "{subject}"}
Operation = tuple[str, str, P | None, bool, dict[str, Any] | None]

FORMS: list[Operation] = [
    operation
    for code in CATALOGUE
    for operation in (
        ("get", f"/api/v1/forms/{code}/", P.VIEW_SUBJECTS, False, None),
        ("post", f"/api/v1/forms/{code}/", P.ENTER_DATA, True, SUBJECT),
        ("get", f"/api/v1/forms/{code}/{{{code}}}/", P.VIEW_SUBJECTS, True, None),
        ("put", f"/api/v1/forms/{code}/{{{code}}}/", P.ENTER_DATA, True, {}),
        ("patch", f"/api/v1/forms/{code}/{{{code}}}/", P.ENTER_DATA, True, {}),
    )
]
OPERATIONS: list[Operation] = [
    *FORMS,
    ("get", "/api/v1/me/", None, False, None),
    ("get", "/api/v1/me/standing/", None, False, None),
    ("get", "/api/v1/me/sessions/", None, False, None),
    ("post", "/api/v1/me/sessions/end/", None, False, {}),
    ("get", "/api/v1/roles/", None, False, None),
    ("get", "/api/v1/catalogue/", None, False, None),
    ("get", "/api/v1/catalogue/tumour/", None, False, None),
    ("get", "/api/v1/protocol/", None, False, None),
    ("get", "/api/v1/protocol/plan/", None, False, None),
    ("get", "/api/v1/protocol/assumptions/", None, False, None),
    ("get", "/api/v1/users/", P.MANAGE_USERS, False, None),
    ("post", "/api/v1/users/", P.MANAGE_USERS, False, {}),
    ("get", "/api/v1/users/{user}/", P.MANAGE_USERS, False, None),
    ("post", "/api/v1/users/{user}/memberships/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/correct/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/reset-factor/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/suspend/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/reinstate/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/leave/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/sign-out/", P.MANAGE_USERS, False, {}),
    ("get", "/api/v1/users/{user}/standing/", P.MANAGE_USERS, False, None),
    ("post", "/api/v1/users/{user}/trainings/", P.MANAGE_USERS, False, {}),
    ("get", "/api/v1/users/{user}/sessions/", P.MANAGE_USERS, False, None),
    ("post", "/api/v1/users/{user}/end-session/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/users/{user}/password-link/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/memberships/{membership}/end/", P.MANAGE_USERS, False, {}),
    ("get", "/api/v1/sites/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/sites/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/sites/{site}/close/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/sites/{site}/reopen/", P.MANAGE_USERS, False, {}),
    ("get", "/api/v1/go-live/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/go-live/trial/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/go-live/{site}/", P.VIEW_STAFF, True, None),
    ("post", "/api/v1/go-live/{site}/approval/", P.GO_LIVE, True, {}),
    ("post", "/api/v1/go-live/{site}/sign/", P.GO_LIVE, True, {}),
    ("get", "/api/v1/subjects/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/subjects/", P.ENTER_DATA, False, {}),
    ("get", "/api/v1/subjects/{subject}/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/subjects/{subject}/begin-treatment/", P.ENTER_DATA, True, {}),
    ("post", "/api/v1/subjects/{subject}/end-treatment/", P.ENTER_DATA, True, {}),
    ("get", "/api/v1/subjects/{subject}/eligibility/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/subjects/{subject}/tumour-preview/", P.ENTER_DATA, True, {}),
    ("get", "/api/v1/visits/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/visits/", P.ENTER_DATA, True, SUBJECT),
    ("delete", "/api/v1/visits/{visit}/", P.ENTER_DATA, True, None),
    ("post", "/api/v1/visits/{visit}/missed/", P.ENTER_DATA, True, {"why": "On holiday."}),
    ("get", "/api/v1/cohorts/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/reference-ranges/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/reference-ranges/", P.MANAGE_RANGES, False, {}),
    ("get", "/api/v1/reference-ranges/{range}/", P.VIEW_SUBJECTS, True, None),
    ("put", "/api/v1/reference-ranges/{range}/", P.MANAGE_RANGES, True, {}),
    ("post", "/api/v1/cohorts/P1-5D/open/", P.MANAGE_COHORTS, False, {}),
    ("post", "/api/v1/cohorts/P1-5D/close/", P.MANAGE_COHORTS, False, {}),
    ("get", "/api/v1/enrolments/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/enrolments/", P.ENROL, True, SUBJECT),
    ("post", "/api/v1/enrolments/{enrolment}/approve/", P.APPROVE_ENROLMENT, True, {}),
    ("post", "/api/v1/enrolments/{enrolment}/refuse/", P.APPROVE_ENROLMENT, True, {}),
    ("get", "/api/v1/forms/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/forms/{tumour}/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/forms/not-done/", P.ENTER_DATA, True, SUBJECT),
    ("post", "/api/v1/forms/{tumour}/not-done/", P.ENTER_DATA, True, {}),
    ("post", "/api/v1/forms/{tumour}/entered-in-error/", P.ENTER_DATA, True, {}),
    ("post", "/api/v1/forms/{tumour}/restore/", P.ENTER_DATA, True, {}),
    ("post", "/api/v1/forms/{tumour}/lock/", P.LOCK, True, {}),
    ("post", "/api/v1/forms/{tumour}/unlock/", P.LOCK, True, {}),
    ("post", "/api/v1/forms/{tumour}/freeze/", P.FREEZE, True, {}),
    ("post", "/api/v1/forms/{tumour}/unfreeze/", P.FREEZE, True, {}),
    ("get", "/api/v1/signatures/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/signatures/", P.SIGN, True, {"forms": [{"form": "{tumour}", "version": 1}]}),
    ("get", "/api/v1/signatures/csv/", P.VIEW_SIGNATURES, False, None),
    ("get", "/api/v1/closures/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/closures/", P.FREEZE, True, {"scope": "subject", "state": "frozen", "key": "{subject}"}),
    ("post", "/api/v1/closures/reopen/", P.LOCK, True, {"scope": "subject", "state": "locked", "key": "{subject}"}),
    ("get", "/api/v1/lesions/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/checks/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/check-runs/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/check-runs/", P.RUN_CHECKS, False, {}),
    ("get", "/api/v1/queries/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/queries/", P.RAISE_QUERY, True, {"form": "{tumour}"}),
    ("get", "/api/v1/queries/{query}/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/queries/{query}/answer/", P.ANSWER_QUERY, True, {}),
    ("post", "/api/v1/queries/{query}/comment/", P.ANSWER_QUERY, True, {}),
    ("post", "/api/v1/queries/{query}/close/", P.CLOSE_QUERY, True, {}),
    ("post", "/api/v1/queries/{query}/reopen/", P.CLOSE_QUERY, True, {}),
    ("post", "/api/v1/queries/{query}/cancel/", P.CLOSE_QUERY, True, {}),
    ("post", "/api/v1/queries/{query}/assign/", P.CLOSE_QUERY, True, {}),
    ("post", "/api/v1/queries/at-once/", P.CLOSE_QUERY, False, {"step": "close", "queries": [1], "text": "Seen."}),
    ("post", "/api/v1/queries/raise-many/", P.RAISE_QUERY, False, {}),
    ("get", "/api/v1/queries/ageing/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/queries/csv/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/queries/xlsx/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/query-filters/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/query-filters/", P.VIEW_SUBJECTS, False, {}),
    ("post", "/api/v1/query-filters/forget/", P.VIEW_SUBJECTS, False, {}),
    ("get", "/api/v1/worklists/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/digests/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/serious-events/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/serious-events/{serious}/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/serious-events/{serious}/confirm/", P.CONFIRM_SERIOUS, True, {}),
    ("get", "/api/v1/dose-levels/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/terms/", P.ENTER_DATA, False, None),
    ("get", "/api/v1/verifications/", P.VERIFY_SOURCE, False, None),
    ("post", "/api/v1/verifications/", P.VERIFY_SOURCE, False, {}),
    ("get", "/api/v1/verifications/progress/", P.VIEW_SUBJECTS, False, None),
    ("get", "/api/v1/verifications/{demography}/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/verifications/{demography}/take-back/", P.VERIFY_SOURCE, True, {}),
    ("get", "/api/v1/monitoring-visits/", P.VIEW_SUBJECTS, False, None),
    ("post", "/api/v1/monitoring-visits/", P.VERIFY_SOURCE, False, {}),
    ("get", "/api/v1/monitoring-visits/{monitoring}/", P.VIEW_SUBJECTS, True, None),
    ("get", "/api/v1/monitoring-visits/{monitoring}/report/", P.VIEW_SUBJECTS, True, None),
    ("post", "/api/v1/monitoring-visits/{monitoring}/close/", P.VERIFY_SOURCE, True, {}),
    ("get", "/api/v1/trail/", P.VIEW_TRAIL, False, None),
    ("get", "/api/v1/seals/", P.VIEW_TRAIL, False, None),
    ("get", "/api/v1/verified-wholes/", P.VERIFY_WHOLES, False, None),
    ("post", "/api/v1/verified-wholes/", P.VERIFY_WHOLES, False, {"of": "trail"}),
    ("get", "/api/v1/trail-reviews/", P.VIEW_TRAIL_REVIEWS, False, None),
    ("get", "/api/v1/trail-reviews/{trail_review}/", P.VIEW_TRAIL_REVIEWS, False, None),
    ("get", "/api/v1/access-log/", P.VIEW_ACCESS_LOG, False, None),
    ("get", "/api/v1/files/", P.VERIFY_FILES, False, None),
    ("get", "/api/v1/staff/", P.VIEW_STAFF, False, None),
    ("get", "/api/v1/access-reviews/", P.VIEW_ACCESS_REVIEWS, False, None),
    ("get", "/api/v1/access-reviews/{access_review}/", P.VIEW_ACCESS_REVIEWS, False, None),
    ("post", "/api/v1/access-reviews/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/access-reviews/{access_review}/keep/", P.CONFIRM_ACCESS, False, {}),
    ("post", "/api/v1/access-reviews/{access_review}/lines/{access_line}/end/", P.MANAGE_USERS, False, {}),
    ("post", "/api/v1/access-reviews/{access_review}/sign/", P.MANAGE_USERS, False, {}),
    ("get", "/api/v1/outcomes/", P.VIEW_ENDPOINTS, False, None),
    ("get", "/api/v1/outcomes/{subject}/", P.VIEW_OWN_OUTCOMES, True, None),
    ("get", "/api/v1/estimates/", P.VIEW_ENDPOINTS, False, None),
    ("get", "/api/v1/estimates/P2/measurable/", P.VIEW_ENDPOINTS, False, None),
]
# Beside the right named above, this one opens the list of sites too.
ALSO = {
    ("get", "/api/v1/sites/"): P.MANAGE_USERS,
    ("post", "/api/v1/queries/{query}/comment/"): P.CLOSE_QUERY,
}


def is_described(address: str) -> bool:
    """Of a form that this trial does not fill the addresses are there, and not in the description."""
    return not any(f"/forms/{code}/" in address for code in CATALOGUE.keys() - current().forms())


def somebody_with(right: P | None) -> str:
    """Who of the cast may do it at site 101."""
    return next(name for role, name in PEOPLE.items() if right is None or right in ROLES[role].permissions)


def filled(part: Any, keys: dict[str, int]) -> Any:
    """An address or a body with the keys of real rows."""
    if isinstance(part, dict):
        return {name: filled(value, keys) for name, value in part.items()}
    if isinstance(part, list):
        return [filled(element, keys) for element in part]
    if isinstance(part, str) and part.startswith("{"):
        return keys[part.strip("{}")]
    return part.format(**keys) if isinstance(part, str) else part
