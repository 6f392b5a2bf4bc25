"""That the database does not answer, and after how long it is worth asking again."""

from django.db import InterfaceError, OperationalError

# It restarts in some seconds.
RETRY_AFTER_S = 5


def database_is_away(error: BaseException | None) -> bool:
    """Whether a request broke because the database does not answer, or ended what was going on."""
    return isinstance(error, OperationalError | InterfaceError)
