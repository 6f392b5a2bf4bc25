"""What the database has to know to say who works in it: the keys of proofs, what each role may, what a write takes."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from accounts.roles import ROLES, Permission
from audit.rights import RIGHTS
from database.entering import blocks_of

KEY = "INSERT INTO edc.key (place, inward, outward) VALUES (%s, %s, %s)"
ROLE = "INSERT INTO edc.role (name, bit, shows, permissions) VALUES (%s, %s, %s, %s)"
WRITER = "INSERT INTO edc.writer (table_name, action, permissions, own) VALUES (%s, %s, %s, %s)"
ACTIONS = ("insert", "update", "delete")


def tell_the_database(cursor: Any) -> None:
    """Each time that the database is set up: a key that is no longer in the settings proves nothing from then on."""
    cursor.execute("DELETE FROM edc.key; DELETE FROM edc.role; DELETE FROM edc.writer")
    for place, key in enumerate(settings.SESSION_KEYS):
        cursor.execute(KEY, [place, *blocks_of(key)])
    cursor.executemany(ROLE, roles())
    cursor.executemany(WRITER, list(writers()))


def roles() -> list[tuple[str, int, bool, list[str]]]:
    """Name, bit, whether who holds it sees subjects, and all that it may."""
    return [
        (role.value, 1 << place, Permission.VIEW_SUBJECTS in definition.permissions, sorted(definition.permissions))
        for place, (role, definition) in enumerate(ROLES.items())
    ]


def writers() -> Iterator[tuple[str, str, list[str], bool]]:
    """Table, action, the permissions of which one is needed, and whether none is for rows about oneself."""
    for table, rights in RIGHTS.items():
        for action in ACTIONS:
            if (by := rights.added_by if action == "insert" and rights.added_by else rights.by) is not None:
                yield table, action, [right.value for right in by], rights.own
