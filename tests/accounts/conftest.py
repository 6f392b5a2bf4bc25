from typing import TYPE_CHECKING, Any

import pytest

# Read before Django is set up, so models are imported where they are needed.
if TYPE_CHECKING:
    from accounts.models import User
    from tests.accounts.staff import Staff


@pytest.fixture(autouse=True)
def these_pages_alone(settings: Any) -> None:
    """The pages of the other apps are stand-ins here."""
    from django.core.cache import caches

    settings.ROOT_URLCONF = "tests.accounts.urls"
    caches["throttle"].clear()


@pytest.fixture
def staff(db: None) -> "Staff":
    from tests.accounts.staff import Staff

    return Staff()


@pytest.fixture
def monitor(staff: "Staff") -> "User":
    """One with a password, who has not failed to sign in yet."""
    from django.core.cache import cache

    from accounts.roles import Role
    from tests.accounts.staff import give_password

    cache.clear()
    give_password(staff[Role.MONITOR])
    return staff[Role.MONITOR]
