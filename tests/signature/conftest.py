from tests.review.conftest import as_user, statements, trial

__all__ = ["as_user", "statements", "trial"]
