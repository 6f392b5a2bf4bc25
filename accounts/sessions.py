"""Where sessions are kept: Django's table, read in one plain statement."""

from typing import Any

from django.apps import apps
from django.contrib.sessions.backends import db
from django.db import connection

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's own; its read was the dearest statement of a request that does little."""

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])  # type: ignore[no-any-return]

    def cycle_key(self) -> None:
        """The list of where a user is signed in follows the session to its new key."""
        before = self.session_key
        super().cycle_key()
        if before:
            SignIn = apps.get_model("accounts", "SignIn")
            SignIn.objects.filter(session_key=before).update(session_key=self.session_key)
