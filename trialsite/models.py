"""When the worker and the clock were last at work: nothing of the record, one row for each."""

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """A program that works behind the pages, and when it last did."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.name}, {self.at:%Y-%m-%d %H:%M:%S}"
