#!/usr/bin/env python
"""Django's command line for this project, with `--installation NAME`: of several that run here, the one to work on."""

import os
import sys
from pathlib import Path

OPTION = "--installation"
# What these do is in the files that they are given: no installation is asked for it.
OF_FILES = ("check_protocol", "derive", "km")


def main() -> None:
    arguments = choose_installation(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    was_told = "DATABASE_URL" in os.environ
    from django.core.exceptions import ImproperlyConfigured

    from trialsite.installation import environment_file

    if not (was_told or "INSTALLATION" in os.environ) and is_of_files(arguments):
        try:
            environment_file(Path(__file__).parent / "var")
        except ImproperlyConfigured:
            # Several run: none of them is meant.
            os.environ["DATABASE_URL"] = "postgresql:///none"
            was_told = True
    from django.core.management import execute_from_command_line

    from database.scope import EVERYWHERE, show

    # Whoever runs a command has the worker's password (database.entering).
    show(EVERYWHERE)
    if not was_told:
        try:
            say_which()
        except ImproperlyConfigured as refusal:
            sys.exit(str(refusal))
    execute_from_command_line(arguments)


def choose_installation(arguments: list[str]) -> list[str]:
    """The arguments without the option, whose name goes before whatever the environment says."""
    left: list[str] = []
    given = iter(arguments)
    for argument in given:
        name, mark, value = argument.partition("=")
        if name != OPTION:
            left.append(argument)
            continue
        os.environ["INSTALLATION"] = value if mark else next(given, "")
        os.environ.pop("DATABASE_URL", None)
    return left


def is_of_files(arguments: list[str]) -> bool:
    """Whether the command is one of those, and a file is named."""
    return arguments[1:2] != [] and arguments[1] in OF_FILES and any(not word.startswith("-") for word in arguments[2:])


def say_which() -> None:
    from django.conf import settings

    name = settings.INSTALLATION
    print(f"Installation {name}, in var/{name}." if name else "No installation is running here.", file=sys.stderr)


if __name__ == "__main__":
    main()
