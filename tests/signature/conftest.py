from tests.review.conftest import as_user, statements, subject

__all__ = ["as_user", "statements", "subject"]
