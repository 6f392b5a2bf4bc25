"""No page is only for those who know its address: each role walks from its first page to all that it may open."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.roles import ROLES, Permission, Role
from endpoints.refresh import refresh_marked
from staff.models import AccessReview
from staff.services import keep_lines, sign_review
from tests.access.matrix import PAGES, WHOLE_TRIAL
from tests.access.test_matrix import keys
from tests.cast import Trial, actor
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK
from tests.review.test_who_may_open_what import PEOPLE, things

__all__ = ["keys", "things"]
TAG = re.compile(r"<(a|form|details|div|section|span|button|img|object|figure)\b([^>]*)>")
ADDRESS = re.compile(r"""\s(?:href|action|hx-get|src|data-url)="([^"#]*)""")
# Asked for by a script of a page.
BY_SCRIPT = {
    "/checks/run/progress/": "of a run that is under way",
    "/trail/seal/verified/": "of a verification that is under way",
}
# Of each kind of address so many are looked at: the first of a list, and one more with another filter or row.
LOOKED_AT = 3


def links(text: str, at: str) -> Iterator[tuple[str, bool]]:
    """(address, whether it is posted to) of what a page leads to."""
    for tag, attributes in TAG.findall(text):
        for given in ADDRESS.findall(attributes):
            parts = urlsplit(urljoin(at, unescape(given)))
            if not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("/static/"):
                address = parts.path + (f"?{parts.query}" if parts.query else "")
                yield address, tag == "form" and 'method="post"' in attributes


def route_of(address: str) -> str | None:
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return None


def walked(client: Client) -> dict[str, int]:
    """{route: status of the worst answer} of all that links lead to, from the first page on."""
    waiting, seen, looked_at, answers = ["/"], {"/"}, Counter[str](), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if route is None:
            answers[address] = 404
            continue
        answers.setdefault(route, 0)
        if looked_at[route] >= LOOKED_AT or "." in address.rpartition("/")[2].partition("?")[0]:
            continue
        looked_at[route] += 1
        response = client.get(address, follow=True)
        answers[route] = max(answers[route], response.status_code)
        if response.headers["Content-Type"].startswith("text/html"):
            at = response.redirect_chain[-1][0] if response.redirect_chain else address
            for link, is_posted_to in links(response.content.decode(), at):
                if is_posted_to:
                    answers.setdefault(route_of(link) or link, 0)
                elif link not in seen:
                    seen.add(link)
                    waiting.append(link)
    return answers


def may_open(role: Role) -> dict[str, str]:
    """{route: address} of the pages that are not about one row and that the role's rights open."""
    rights = ROLES[role].permissions
    tables = [(address, right) for address, right, _, method in (*PAGES_OF_WORK, *PAGES) if method == "get"]
    tables += [(address, right) for address, right, method in WHOLE_TRIAL if method == "get" and ROLES[role].all_sites]
    addresses = [urlsplit(address).path for address, right in tables if right in rights and "{" not in address]
    return {route_of(address) or "": address for address in addresses if address not in BY_SCRIPT}


@pytest.mark.django_db
@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_reaches_by_links_all_that_it_may_open_and_no_link_leads_nowhere(
    role: Role, trial: Trial, keys: dict[str, int]
) -> None:
    # So that there is an estimate of each population, and no review is open that stands in the way of another.
    trial.treated_subject()
    refresh_marked()
    review, by = AccessReview.objects.get(), actor(trial.administrator, "administrator")
    lines = list(review.lines.values_list("pk", flat=True))
    # Nobody confirms the own access.
    for signer in (by, actor(trial.data_manager, "data_manager")):
        keep_lines(review=review, lines=lines, by=signer)
    sign_review(review=review, conclusion="All are needed.", signed_by=trial.administrator, by=by)
    client = Client()
    client.force_login(getattr(trial, PEOPLE[role]))
    answers = walked(client)
    assert {address for route, address in may_open(role).items() if route not in answers} == set()
    assert {route: status for route, status in answers.items() if status >= 400} == {}


def test_a_page_without_a_way_in_would_be_missed() -> None:
    assert Permission.VIEW_STATUS in ROLES[Role.AUDITOR].permissions
    assert "/status/" in may_open(Role.AUDITOR).values()
    page = '<a class="x" href="/a/?b=1&amp;c=2">x</a><div hx-get="/c/"><form method="post" action="/d/">'
    assert list(links(page, "/")) == [("/a/?b=1&c=2", False), ("/c/", False), ("/d/", True)]
