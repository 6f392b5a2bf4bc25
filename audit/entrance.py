"""What the database has to know to say who works in it: the keys of proofs, and which roles see subjects."""

from typing import Any

from django.conf import settings

from accounts.entering import blocks_of
from accounts.roles import ROLES, Permission

KEY = "INSERT INTO edc.key (place, inward, outward) VALUES (%s, %s, %s)"
ROLE = "INSERT INTO edc.role (name, bit, shows) VALUES (%s, %s, %s)"


def tell_the_database(cursor: Any) -> None:
    """Each time that the database is set up: a key that is no longer in the settings proves nothing from then on."""
    cursor.execute("DELETE FROM edc.key; DELETE FROM edc.role")
    for place, key in enumerate(settings.SESSION_KEYS):
        cursor.execute(KEY, [place, *blocks_of(key)])
    for role, bit, shows in roles():
        cursor.execute(ROLE, [role, bit, shows])


def roles() -> list[tuple[str, int, bool]]:
    """Name, bit, and whether who holds it sees subjects."""
    return [
        (role.value, 1 << place, Permission.VIEW_SUBJECTS in definition.permissions)
        for place, (role, definition) in enumerate(ROLES.items())
    ]
