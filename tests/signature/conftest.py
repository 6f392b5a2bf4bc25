from tests.review.conftest import as_user, statements

__all__ = ["as_user", "statements"]
