"""What no program of an installation starts with: a protocol file that is unsound, or that is not the one in force."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection

from assessments.plan.fit import unusable
from cohorts.following import follow, read_in_force
from in_force.standing import difference, version_in_force
from protocol import ProtocolError, load, of_file

WRONG_FILE = "trialsite.E010"
UNSOUND = "the file cannot be used as a protocol: `manage.py check_protocol` says why"
NOT_IN_FORCE = "what runs here is not the protocol in force: the log of a start says why"
# No reason to stop what runs: it goes on with what it read.
CHANGED = "the file was changed since the start, and nothing would start with it: `manage.py protocol_in_force`"


def what_is_wrong() -> str:
    """Why nothing starts with the protocol file of the settings. "" where nothing is in the way: the process then goes
    by the version in force, which may be newer than the file."""
    try:
        with _nothing_left_open():
            words = difference(load(settings.PROTOCOL_FILE, unusable), version_in_force(), read_in_force)
            if not words:
                follow()
            return words
    except ProtocolError as unsound:
        return str(unsound)
    except (DatabaseError, InterfaceError):
        # A database that does not answer or is not set up yet is not asked; /health/ asks again.
        return ""


@contextmanager
def _nothing_left_open() -> Iterator[None]:
    """The worker's processes would share the connection that their parent opened."""
    was_open = connection.connection is not None
    try:
        yield
    finally:
        if not was_open:
            connection.close()


def in_short() -> str:
    """For /health/, which anybody may read: what is wrong with the protocol that runs here; "" for nothing."""
    try:
        running = of_file()
        if difference(running, version_in_force(), read_in_force):
            return NOT_IN_FORCE
    except ProtocolError:
        return UNSOUND
    except (DatabaseError, InterfaceError):
        return "unknown while the database does not answer"
    return "" if _digest() == running.sha256 else CHANGED


def _digest() -> str:
    try:
        return hashlib.sha256(settings.PROTOCOL_FILE.read_bytes()).hexdigest()
    except OSError:
        return ""


def refuse_wrong_protocol() -> None:
    """For the site, the worker and the clock. Raises ImproperlyConfigured with all that is wrong and what to do."""
    if words := what_is_wrong():
        raise ImproperlyConfigured(words)


def or_end(*rules: Callable[[], None]) -> None:
    """End the program where a rule refuses it, with the words alone; signals of Celery pass on no exception.

    The code of its end says that starting it again as it is would be in vain.
    """
    for rule in rules:
        try:
            rule()
        except ImproperlyConfigured as refusal:
            _end(str(refusal))


def _end(words: str) -> NoReturn:
    print(words, file=sys.stderr, flush=True)
    raise SystemExit(os.EX_CONFIG)


@register
def protocol_is_in_force(app_configs: object, **options: object) -> list[CheckMessage]:
    """For every management command, before it does anything; those that put it right ask for no checks."""
    words = what_is_wrong()
    return [Error(words, hint=f"PROTOCOL_FILE is {settings.PROTOCOL_FILE}.", id=WRONG_FILE)] if words else []
