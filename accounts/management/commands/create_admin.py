"""The first administrator, who gives everybody else an account. There is no default password."""

import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actor import SYSTEM
from accounts.models import Membership
from accounts.roles import Role
from accounts.services import create_user, grant_membership


class Command(BaseCommand):
    help = "Create an administrator: asks for the password, or reads it from standard input with --password-stdin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read one line from standard input")
        parser.add_argument("--another", action="store_true", help="although there is an administrator already")

    def handle(self, *args: Any, **options: Any) -> None:
        administrators = Membership.objects.filter(role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True)
        if administrators.exists() and not options["another"]:
            raise CommandError("There is an administrator, who can add others under People; or say --another.")
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else self._ask()
        details = {name: options[name] for name in ("username", "first_name", "last_name", "email")}
        try:
            with transaction.atomic():
                user = create_user(**details, password=password, by=SYSTEM)
                grant_membership(user=user, role=Role.ADMINISTRATOR, by=SYSTEM, reason="create_admin at the console")
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{user.username} is administrator.")

    def _ask(self) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise CommandError("The two passwords differ.")
        return password
