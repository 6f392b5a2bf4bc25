"""The table of rights, written a second time by hand: a change of one needs the other."""

import pytest

from accounts.role_table import MANUAL, table
from accounts.roles import ROLES, Permission, Role, Side

COLUMNS = "investigator coordinator monitor data_manager sponsor auditor administrator"
TABLE = """
    view_subjects       x x x x x x -
    view_identifying    x x x x - x -
    enter_data          x x - - - - -
    import_laboratory_files x x - x - - -
    sign                x - - - - - -
    enrol               x - - - - - -
    approve_enrolment   - - - x - - -
    manage_cohorts      - - - x - - -
    raise_query         - - x x - - -
    answer_query        x x - - - - -
    close_query         - - x x - - -
    verify_source       - - x - - - -
    run_checks          - - - x - - -
    manage_reference_ranges - - - x - - -
    go_live             - - - x - - -
    confirm_serious_events  - - - x x - -
    view_dose_committee     - - - x x x -
    freeze              - - x x - - -
    lock                - - - x - - -
    view_endpoints      - - - x x x -
    view_own_outcomes   x - - x x x -
    download_data       x - - x x x -
    download_data_with_trail x - - x - x -
    view_signatures     x x x x x x -
    view_status_of_the_system - - - x - x x
    view_trail          x x x x - x -
    view_record_trail   x x x x x x -
    view_reviews_of_the_trail - - x x - x -
    review_trail        - - x x - - -
    verify_wholes       - - - x - x -
    view_access_log     - - - - - x x
    verify_files        - - - x - x x
    view_staff          x - x x - x x
    view_reviews_of_access - - - x - x x
    confirm_access_under_review - - - x - - x
    manage_users        - - - - - - x
    import_randomisation_list - - - - - - x
"""
RIGHTS = [
    (Role(role), Permission(row.split()[0]), mark == "x")
    for row in TABLE.strip().splitlines()
    for role, mark in zip(COLUMNS.split(), row.split()[1:], strict=True)
]


@pytest.mark.requirement("21 CFR 11.10(g)", "FDA 2024 who has access")
@pytest.mark.parametrize(("role", "permission", "may"), RIGHTS)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, permission: Permission, may: bool) -> None:
    assert (permission in ROLES[role].permissions) is may


def test_the_table_has_every_role_and_every_permission() -> None:
    assert len(RIGHTS) == len(Role) * len(Permission)
    assert {(role, permission) for role, permission, _ in RIGHTS} == {(r, p) for r in Role for p in Permission}


@pytest.mark.requirement("EMA 2023 control of data")
def test_sponsor_and_administrator_change_no_clinical_data() -> None:
    reading = {Permission.VIEW_SUBJECTS, Permission.VIEW_ENDPOINTS, Permission.VIEW_OWN_OUTCOMES}
    reading |= {Permission.VIEW_RECORD_TRAIL, Permission.DOWNLOAD_DATA, Permission.VIEW_COMMITTEE}
    reading |= {Permission.VIEW_SIGNATURES}
    # That a report of a serious event was received is the sponsor's own word, and no clinical data.
    assert ROLES[Role.SPONSOR].permissions == reading | {Permission.CONFIRM_SERIOUS}
    of_people = {
        Permission.MANAGE_USERS,
        Permission.IMPORT_RANDOMISATION,
        Permission.VIEW_STAFF,
        Permission.VIEW_ACCESS_REVIEWS,
        Permission.CONFIRM_ACCESS,
    }
    of_the_system = {Permission.VIEW_ACCESS_LOG, Permission.VIEW_STATUS, Permission.VERIFY_FILES}
    assert ROLES[Role.ADMINISTRATOR].permissions == of_people | of_the_system


@pytest.mark.requirement("EMA 2023 user management", "EMA 2023 control of data")
def test_who_records_data_never_checks_it() -> None:
    for definition in ROLES.values():
        records = Permission.ENTER_DATA in definition.permissions
        checks = {Permission.RAISE_QUERY, Permission.CLOSE_QUERY, Permission.VERIFY_SOURCE, Permission.LOCK}
        assert not (records and checks & definition.permissions)
        assert records == (definition.side == Side.SITE)


def test_every_role_has_a_sentence() -> None:
    assert all(definition.sentence.endswith(".") for definition in ROLES.values())


def test_the_manual_has_the_table_of_roles_as_they_are() -> None:
    """Stale: `make role-table` writes it anew."""
    assert table() in MANUAL.read_text()
