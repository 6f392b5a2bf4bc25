"""A dictionary that the sponsor holds a licence for, loaded by a command. What it says is never changed here."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Dictionary(models.Model):
    """One release of a dictionary. The one in force codes what is entered from now on; stored terms keep their own."""

    name = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    loaded_at = models.DateTimeField(auto_now_add=True)
    in_force = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "dictionaries"
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="a_release_is_loaded_once"),
            models.UniqueConstraint(fields=["in_force"], condition=Q(in_force=True), name="one_dictionary_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class LowestTerm(models.Model):
    """A lowest level term with its preferred term and primary path upwards, side by side as coders read them."""

    dictionary = models.ForeignKey(Dictionary, models.CASCADE, related_name="terms")
    code = models.CharField(max_length=20)
    text = models.CharField(max_length=200)
    preferred_code = models.CharField(max_length=20)
    preferred = models.CharField(max_length=200)
    hlt = models.CharField(max_length=200, blank=True)
    hlgt = models.CharField(max_length=200, blank=True)
    soc = models.CharField(max_length=200, blank=True)
    # As words are compared (terminology.words), for the search.
    folded = models.CharField(max_length=200)
    searched = models.GeneratedField(
        expression=SearchVector("folded", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dictionary", "code"], name="term_code_once_a_dictionary")]
        indexes = [
            models.Index("dictionary", Lower("text"), name="term_by_its_words"),
            GinIndex(fields=["searched"], name="term_by_a_word_of_it"),
        ]

    def __str__(self) -> str:
        return self.text
