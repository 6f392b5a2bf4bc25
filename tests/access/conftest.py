from tests.api.conftest import api, no_limit
from tests.review.conftest import as_user

__all__ = ["api", "as_user", "no_limit"]
