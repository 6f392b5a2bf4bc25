"""Which requests were answered already, and how. Kept for days, no part of the record."""

from django.conf import settings
from django.db import models


class Receipt(models.Model):
    """A request of a user with an Idempotency-Key, and its answer; without one (`status` null) it is under way.

    `request` is a keyed digest of its method, address and body, `rights` one of the roles that the user held: a body
    may hold a password, and none of it is kept. `body` is null where the answer is not to be given twice.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    rights = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)  # noqa: DJ001  # an empty body is an answer, none is not
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="receipt_once_a_key")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id}"
