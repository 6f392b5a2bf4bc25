"""Every address of pages and files with the right that opens it; the API's operations stand in tests.api.operations.

Which role has which right is accounts.roles, a line a right. A row is (address, right, whether it is about one site,
method), as in tests.review.test_who_may_open_what, whose table this one completes.
"""

from accounts.roles import Permission as P

OF = "/endpoints/P2/measurable"
PAGES = [
    ("/people/", P.MANAGE_USERS, False, "get"),
    ("/people/add/", P.MANAGE_USERS, False, "get"),
    ("/people/add/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/", P.MANAGE_USERS, False, "get"),
    ("/people/{person}/suspend/", P.MANAGE_USERS, False, "get"),
    ("/people/{person}/suspend/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/reinstate/", P.MANAGE_USERS, False, "get"),
    ("/people/{person}/reinstate/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/leave/", P.MANAGE_USERS, False, "get"),
    ("/people/{person}/leave/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/sign-out/", P.MANAGE_USERS, False, "get"),
    ("/people/{person}/sign-out/", P.MANAGE_USERS, False, "post"),
    ("/people/sessions/{sign_in}/end/", P.MANAGE_USERS, False, "get"),
    ("/people/sessions/{sign_in}/end/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/training/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/password-link/", P.MANAGE_USERS, False, "post"),
    ("/people/{person}/grant/", P.MANAGE_USERS, False, "post"),
    ("/people/memberships/{membership}/revoke/", P.MANAGE_USERS, False, "get"),
    ("/people/memberships/{membership}/revoke/", P.MANAGE_USERS, False, "post"),
    ("/people/sites/", P.MANAGE_USERS, False, "get"),
    ("/people/sites/add/", P.MANAGE_USERS, False, "get"),
    ("/people/sites/add/", P.MANAGE_USERS, False, "post"),
    ("/people/sites/{site}/close/", P.MANAGE_USERS, False, "get"),
    ("/people/sites/{site}/close/", P.MANAGE_USERS, False, "post"),
    ("/people/sites/{site}/reopen/", P.MANAGE_USERS, False, "get"),
    ("/people/sites/{site}/reopen/", P.MANAGE_USERS, False, "post"),
    ("/people/roles/", P.MANAGE_USERS, False, "get"),
    ("/staff/", P.VIEW_STAFF, False, "get"),
    ("/staff.csv", P.VIEW_STAFF, False, "get"),
    ("/staff/reviews/", P.VIEW_ACCESS_REVIEWS, False, "get"),
    ("/staff/reviews/open/", P.MANAGE_USERS, False, "get"),
    ("/staff/reviews/open/", P.MANAGE_USERS, False, "post"),
    ("/staff/reviews/{access_review}/", P.VIEW_ACCESS_REVIEWS, False, "get"),
    ("/staff/reviews/{access_review}.csv", P.VIEW_ACCESS_REVIEWS, False, "get"),
    ("/staff/reviews/{access_review}/keep/", P.MANAGE_USERS, False, "post"),
    ("/staff/reviews/{access_review}/sign/", P.MANAGE_USERS, False, "get"),
    ("/staff/reviews/{access_review}/sign/", P.MANAGE_USERS, False, "post"),
    ("/staff/reviews/{access_review}/lines/{access_line}/end/", P.MANAGE_USERS, False, "get"),
    ("/staff/reviews/{access_review}/lines/{access_line}/end/", P.MANAGE_USERS, False, "post"),
    ("/forms/{form}/", P.VIEW_SUBJECTS, True, "get"),
    ("/forms/{form}/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/forms/adverse_event/", P.VIEW_SUBJECTS, True, "get"),
    ("/subjects/{subject}/forms/adverse_event/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/here/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/eligibility/verdicts/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/laboratory/haematology/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/infusion/doses/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/lesions/preview/", P.ENTER_DATA, True, "post"),
    ("/visits/{visit}/remove/", P.ENTER_DATA, True, "get"),
    ("/visits/{visit}/remove/", P.ENTER_DATA, True, "post"),
    ("/queries/{query}/field/", P.VIEW_SUBJECTS, True, "get"),
    ("/visits/{visit}/closure/", P.FREEZE, True, "get"),
    ("/visits/{visit}/freeze/", P.FREEZE, True, "post"),
    ("/visits/{visit}/lock/", P.LOCK, True, "post"),
    ("/sites/{site}/closure/", P.FREEZE, True, "get"),
    ("/sites/{site}/freeze/", P.FREEZE, True, "post"),
    ("/sites/{site}/lock/", P.LOCK, True, "post"),
    ("/serious/reports/{report}/confirm/", P.CONFIRM_SERIOUS, True, "post"),
    ("/notices/read/", P.CONFIRM_SERIOUS, False, "post"),
    ("/cohorts/decisions/{decision}/", P.VIEW_SUBJECTS, False, "get"),
    ("/trail/seal/anchor.json", P.VIEW_TRAIL, False, "get"),
    ("/endpoints/", P.VIEW_ENDPOINTS, False, "get"),
    ("/endpoints/subjects/{subject}/", P.VIEW_OWN_OUTCOMES, True, "get"),
    (f"{OF}/", P.VIEW_ENDPOINTS, False, "get"),
    (f"{OF}/as-of/", P.VIEW_ENDPOINTS, False, "get"),
    (f"{OF}/tables/responses/", P.VIEW_ENDPOINTS, False, "get"),
    (f"{OF}/subjects/", P.VIEW_ENDPOINTS, False, "get"),
    (f"{OF}/waterfall.svg", P.VIEW_ENDPOINTS, False, "get"),
    ("/reports/endpoints/P2/measurable.pdf", P.VIEW_ENDPOINTS, False, "get"),
]
# The trial as a whole is shut by those whose right reaches all of it, though others hold it at a site of theirs.
WHOLE_TRIAL = [("/trial/closure/", P.FREEZE, "get"), ("/trial/freeze/", P.FREEZE, "post")]
# What everyone who is signed in may ask for, by the name of the address, and why.
SIGNED_IN = {
    "home": "leads to where the role's work begins",
    "account": "the own account",
    "account_token_create": "the own token",
    "account_token_revoke": "the own token",
    "statement": "the own statement of accountability",
    "session_end": "the own session",
    "saved": "a save of one's own, and then the right to see its subject",
    "blank_crf": "the empty forms, no subject's data",
    "api-schema": "which operations there are",
    "api-docs": "which operations there are",
}
# What needs no sign-in.
OPEN = {
    "health": "whether the parts run",
    "styleguide": "samples, in training alone",
    "styleguide_form": "samples, in training alone",
}
# Sign-in and the own second factor: django-allauth's pages, each about nobody but who asks (tests/accounts).
OWN_SIGN_IN = "accounts/"
