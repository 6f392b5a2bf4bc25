"""Print the anchor of the trail: block, hash and time of the last seal, as a line of JSON to be kept elsewhere."""

import json
from typing import Any

from django.core.management import BaseCommand, CommandError

from audit.anchors import anchor
from audit.files import note_written
from audit.sealing import seal_trail


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        seal_trail()
        newest = anchor()
        if newest is None:
            raise CommandError("The trail is empty: there is nothing to anchor.")
        text = json.dumps(newest)
        self.stdout.write(text)
        note_written(self, "anchor of the trail", "anchor.json", f"{text}\n".encode())
