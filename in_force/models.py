"""The protocol that the installation remembers."""

from django.db import models
from django.db.models.functions import Now


class InForce(models.Model):
    """That a version of a trial's protocol took force. The last row is the one in force; none is ever changed.

    `sha256` is the digest of the file's bytes, by which cohorts.ProtocolVersion keeps what it says.
    """

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    since = models.DateTimeField(db_default=Now(), editable=False)
    # Of an amendment: who signed that it takes force, by user name and by name.
    signed_by = models.CharField(max_length=150, blank=True)
    signed_name = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = "protocol in force"
        verbose_name_plural = "protocols in force"
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.code} version {self.version}"
