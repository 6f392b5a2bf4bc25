"""Where sessions are kept: Django's table, read in one plain statement."""

from typing import Any

from django.apps import apps
from django.contrib.sessions.backends import db
from django.db import InterfaceError, OperationalError, connection

from trialsite.prepared import Plain, ahead

READ = Plain("SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()")


class SessionStore(db.SessionStore):
    """Django's own; its read was the dearest statement of a request that does little."""

    def load(self) -> dict[str, Any]:
        found = self._found()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])  # type: ignore[no-any-return]

    def _found(self) -> tuple[str] | None:
        """Nearly always a request's first statement, so it is its check too whether the connection still stands."""
        connection.health_check_done = True
        try:
            return self._read()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block:
                raise
            connection.close()
            return self._read()

    def _read(self) -> tuple[str] | None:
        with ahead((READ, (self.session_key,))):  # with the scope, where that has to be told
            return next(iter(READ.rows(self.session_key)), None)

    def cycle_key(self) -> None:
        """The list of where a user is signed in follows the session to its new key."""
        before = self.session_key
        super().cycle_key()
        if before:
            SignIn = apps.get_model("accounts", "SignIn")
            SignIn.objects.filter(session_key=before).update(session_key=self.session_key)
