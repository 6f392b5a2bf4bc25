from tests.amendments.conftest import as_user, trial

__all__ = ["as_user", "trial"]
