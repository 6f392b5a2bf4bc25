"""The frame says where one is, on which data, and offers what the role opens, no more."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.access import Access
from accounts.models import Membership, Site, User
from accounts.roles import Role
from tests.cast import SETUP, person
from trialsite.context import MOST_IN_A_ROW, PAGES, Shell
from trialsite.settings import BASE_DIR

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites():
    from accounts.actor import acting

    with acting(SETUP):
        return [Site.objects.create(code=code, name=f"Hospital {code}", country="France") for code in ("101", "102")]


def frame(visit, user: User, address: str = "/") -> Shell:
    request = visit(address)
    request.user = user
    request.access = Access(user)
    return Shell(request)


EVERYONE = {"Subjects", "Worklist", "Cohorts", "Queries", "Laboratory", "Serious events"}
EVERYONE |= {"Verification", "Checks", "Locks"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("sponsor", {*EVERYONE, "Endpoints"}),
        ("auditor", {*EVERYONE, "Endpoints", "Audit trail", "Access log", "Staff", "Status"}),
        ("administrator", {"Access log", "Staff", "People", "Status"}),
    ],
)
def test_a_role_sees_the_pages_that_it_may_open(visit, role, expected):
    assert {page.label for page in frame(visit, person("someone", role)).destinations} == expected


def test_each_page_of_the_row_has_an_icon_of_its_own():
    icons = dict({(label, icon) for _, label, icon, _ in PAGES})
    assert len(set(icons.values())) == len(icons) == len({label for _, label, *_ in PAGES})
    assert all(f'id="{icon}"' in (BASE_DIR / "static/icons.svg").read_text() for icon in icons.values())


def test_whoever_may_open_more_than_a_row_holds_finds_the_rest_under_one_heading(visit):
    navigation = frame(visit, person("anne", "auditor"), "/status/").navigation
    assert len(navigation.row) + 1 <= MOST_IN_A_ROW
    grouped = {"Checks", "Locks", "Audit trail", "Access log", "Staff", "Status"}
    assert {page.label for page in navigation.oversight} == grouped
    assert navigation.is_oversight_current
    assert frame(visit, person("ada", "administrator")).navigation.oversight == []


def test_an_investigator_is_offered_no_pooled_endpoints(visit, sites):
    user = person("ines", "investigator", sites[0])
    assert "Endpoints" not in {page.label for page in frame(visit, user).destinations}


def test_a_user_of_one_site_stands_at_that_site(visit, sites):
    shell = frame(visit, person("carla", "coordinator", sites[0]))
    assert shell.sites == [sites[0]]
    assert shell.site == sites[0]


def test_the_site_chosen_is_that_of_the_address(visit, sites):
    user = person("dora", "data_manager")
    assert frame(visit, user).site is None
    assert frame(visit, user, f"/subjects/?site={sites[1].pk}").site == sites[1]


def test_a_site_that_is_not_the_users_cannot_be_chosen_by_address(visit, sites):
    user = person("carla", "coordinator", sites[0])
    assert frame(visit, user, f"/subjects/?site={sites[1].pk}").site == sites[0]


def test_an_administrator_is_shown_no_sites_and_no_search(visit, sites):
    shell = frame(visit, person("adam", "administrator"))
    assert shell.sites == []
    assert shell.search_url == ""


def test_a_frame_that_nobody_draws_asks_the_database_nothing(visit, django_assert_num_queries):
    user = person("dora", "data_manager")
    with django_assert_num_queries(0):
        frame(visit, user)


def test_the_frame_costs_two_statements(visit, sites, django_assert_num_queries):
    shell = frame(visit, person("dora", "data_manager"))
    with django_assert_num_queries(2):
        assert shell.destinations
        assert shell.sites
        assert shell.search_url
        assert shell.roles == ["data manager"]


@pytest.mark.parametrize("role", [role for role in Role if role not in ("investigator", "coordinator", "monitor")])
def test_home_leads_each_role_to_where_its_work_begins(client: Client, role):
    client.force_login(person("someone", role), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert Membership.objects.count() == 1
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.url != "/"


def test_training_and_synthetic_data_are_said_on_every_page(client: Client):
    page = client.get("/styleguide/").content.decode()
    assert "TRAINING" in page
    assert "Synthetic data" in page


def test_production_with_real_data_has_neither_line(client: Client, settings):
    settings.ENVIRONMENT = "production"
    settings.SYNTHETIC_DATA = False
    page = client.get("/accounts/login/").content.decode()
    assert "environment-training" not in page
    assert 'class="synthetic"' not in page


@pytest.mark.requirement("21 CFR 11.10(k)")
def test_the_footer_names_the_protocol_by_version_and_digest(client: Client):
    import protocol

    page = client.get("/styleguide/").content.decode()
    assert protocol.current().code in page
    assert protocol.current().sha256[:12] in page


@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/form/"])
def test_the_style_guide_is_for_training_alone(client: Client, settings, address):
    assert client.get(address).status_code == 200
    settings.ENVIRONMENT = "production"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/form/"])
def test_no_page_breaks_the_content_policy(client: Client, address):
    page = client.get(address).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_no_template_has_inline_style_or_script():
    for template in (django_settings.BASE_DIR / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r'\sstyle="|<style|\son(click|change|submit|input|load)=', text), template


def test_an_address_that_is_not_there_answers_in_the_frame(client: Client):
    client.force_login(person("dora", "data_manager"), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_a_breakdown_is_told_without_asking_the_database(visit, django_assert_num_queries):
    from trialsite.views import server_error

    with django_assert_num_queries(0):
        answer = server_error(visit("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_a_post_from_before_a_log_out_says_that_nothing_was_saved_and_what_was_typed_is_kept():
    answer = Client(enforce_csrf_checks=True).post("/styleguide/form/")
    assert answer.status_code == 403
    assert "kept in this browser" in " ".join(answer.content.decode().split())
