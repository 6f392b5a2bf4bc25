#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    from django.core.management import execute_from_command_line

    from accounts.scope import EVERYWHERE, show

    # Whoever runs a command has the worker's password (accounts.entering).
    show(EVERYWHERE)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
