"""What the record shows: derived outcomes and estimates, stored so that a page only reads."""

from django.db import models

from cohorts.models import ProtocolVersion, Subject


class Mark(models.Model):
    """A subject's records changed since they were last derived: written with the change, deleted by the refresh."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"subject {self.subject_id} changed at {self.at:%H:%M:%S}"


class Derived(models.Model):
    """What the analysis plan derives from one subject's records, each result with its reason and the records behind it.

    The columns are what the estimates of a population need; `derivation` is the whole outcome (outcomes.as_json);
    `basis` is the digest of what it rests on (endpoints.basis).
    """

    cohort_code = models.CharField(max_length=30, db_index=True)
    treated = models.BooleanField()
    measurable = models.BooleanField()
    row = models.JSONField()
    derivation = models.JSONField()
    basis = models.CharField("SHA-256 of what it rests on", max_length=64)
    derived_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Outcome(Derived):
    """Of one subject, by the version of the protocol in force: it follows the record."""

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="outcome")

    def __str__(self) -> str:
        return f"outcome of subject {self.subject_id}"


class EarlierOutcome(Derived):
    """Of one subject, by an earlier version of the protocol, as it stood when the next took force. Never changed."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="earlier_outcomes")
    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "protocol"], name="earlier_outcome_once_a_version"),
        ]

    def __str__(self) -> str:
        return f"outcome of subject {self.subject_id} under {self.protocol}"


class Estimate(models.Model):
    """The endpoints of one population in one analysis set, as of a moment, under one version of the protocol. Those of
    the version in force follow the record; those of an earlier one stay as they were when the next took force.

    `code` and `basis` are digests of the modules that derived and of the outcomes that were counted (endpoints.basis).
    """

    population = models.CharField(max_length=30)
    analysis_set = models.CharField(max_length=20)
    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT)
    as_of = models.DateTimeField()
    subjects = models.PositiveIntegerField()
    figures = models.JSONField()
    code = models.CharField("SHA-256 of the code", max_length=64)
    basis = models.CharField("SHA-256 of what it rests on", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["population", "analysis_set", "protocol"], name="estimate_once_a_set_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.population}, {self.analysis_set}, as of {self.as_of:%Y-%m-%d %H:%M:%S}"
