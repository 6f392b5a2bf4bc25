"""On a shared computer nothing is left of a page once its reader has signed out."""

import pytest
from django.test import Client

from tests.accounts.staff import Staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/accounts/login/", "/account/", "/subjects/", "/api/v1/me/", "/no-such-page/"])
def test_no_browser_keeps_a_page(staff: Staff, client: Client, address: str) -> None:
    assert "no-store" in client.get(address).headers["Cache-Control"]
    client.force_login(staff.nobody)
    assert "no-store" in client.get(address).headers["Cache-Control"]
