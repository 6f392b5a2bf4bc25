"""Where sessions are kept: by the SHA-256 of their key, so that who reads the table has no key to come in by.

To load one is to enter the session of the database by it (`database.entering`), in the same statement.
"""

from hashlib import sha256
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError, connection

from database.entering import NOBODY, by_session, enter, entered, microseconds, proof_of
from database.prepared import Plain

READ = Plain("SELECT session_data FROM accounts_session WHERE session_key = %s AND expire_date > clock_timestamp()")
# Of the user, at the sign-in: where it was raised since, the session is over.
EPOCH = "session_epoch"


def kept_as(key: str) -> str:
    """What the table has in place of a session's key."""
    return sha256(key.encode()).hexdigest()


def proof_of_session(row: Any, epoch: Any) -> str:
    """Of a row of the table: which session, whose, until when and with what in it. `epoch` is the user's (EPOCH)."""
    content = sha256(row.session_data.encode()).hexdigest()
    return proof_of("session", row.session_key, row.user_id, epoch, microseconds(row.expire_date), content)


class SessionStore(db.SessionStore):
    """Django's own; its read was the dearest statement of a request that does little."""

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("accounts", "Session")

    def load(self) -> dict[str, Any]:
        data = self._data()
        if data is None:
            self._session_key = None
            return {}
        return self.decode(data)  # type: ignore[no-any-return]

    def _data(self) -> str | None:
        """Nearly always a request's first statement, so it is its check too whether the connection still stands."""
        connection.health_check_done = True
        try:
            return self._read()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block:
                raise
            connection.close()
            return self._read()

    def _read(self) -> str | None:
        if entered() != NOBODY:
            return next((data for (data,) in READ.rows(kept_as(self.session_key))), None)
        entry = by_session(self.session_key)
        data: str | None = connection.enter(entry)  # type: ignore[attr-defined]
        enter(entry)
        return data

    def exists(self, session_key: str) -> bool:
        return super().exists(kept_as(session_key))  # type: ignore[no-any-return]

    def save(self, must_create: bool = False) -> None:
        """Django takes whatever fails for a session that was ended meanwhile, and blames the request. A database that
        is away or full at that moment is no such thing: whoever asked is told to come back."""
        try:
            super().save(must_create)
        except UpdateError as failed:
            if isinstance(failed.__context__, OperationalError):
                raise failed.__context__ from None
            raise

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=kept_as(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """With whose it is, and the proof for the database that this process says so, and all that it keeps."""
        made = super().create_model_instance(data)
        made.session_key = kept_as(made.session_key)
        epoch = None
        if SESSION_KEY in data:
            made.user_id, epoch = int(data[SESSION_KEY]), data.get(EPOCH, "")
        made.proof = proof_of_session(made, epoch)
        return made

    def cycle_key(self) -> None:
        """The list of where a user is signed in follows the session to its new key."""
        before = self.session_key
        super().cycle_key()
        if before:
            SignIn = apps.get_model("accounts", "SignIn")
            SignIn.objects.filter(session_key=kept_as(before)).update(session_key=kept_as(self.session_key))
