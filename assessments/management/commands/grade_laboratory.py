"""Hold every laboratory result against today's reference ranges."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.access import access_for
from accounts.models import User
from accounts.roles import Permission
from assessments.laboratory.grading import grade_again
from values.counts import counted


class Command(BaseCommand):
    help = (
        "Flag and grade all laboratory results again, after a reference range changed; each by the CTCAE of its visit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, metavar="USER", help="who keeps the reference ranges")
        parser.add_argument("--reason", required=True, help="for the trail")
        parser.add_argument("--site", metavar="CODE", help="the results of one site only")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"]).first()
        if user is None or not access_for(user).can(Permission.MANAGE_RANGES):
            raise CommandError(f"{options['by']} is nobody who keeps reference ranges.")
        by = access_for(user).actor(channel="system", permission=Permission.MANAGE_RANGES)
        narrowed = {"subject__site__code": options["site"]} if options["site"] else {}
        changes = [changed for _, changed in grade_again(by=by, reason=options["reason"], **narrowed)]
        self.stdout.write(
            f"{counted(sum(changes), 'result')} changed in {sum(map(bool, changes))}"
            f" of {counted(len(changes), 'sample')}."
        )
