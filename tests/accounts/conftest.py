from typing import TYPE_CHECKING, Any

import pytest

# Read before Django is set up, so models are imported where they are needed.
if TYPE_CHECKING:
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
