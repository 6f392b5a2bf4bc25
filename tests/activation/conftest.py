from tests.amendments.conftest import as_user
from tests.api.conftest import api, no_limit

__all__ = ["api", "as_user", "no_limit"]
