"""What was typed into a draft and waits beside it until its field is mended."""

from django.db import models

from assessments import items
from assessments.models.case_form import CaseForm

# Characters of one text: a page of a discharge letter, pasted into a field of two hundred.
LONGEST = 20_000


class UntakenText(models.Model):
    """What was typed into a field of a draft and could not be taken as its value, and why.

    It is no value: nothing is derived from it and nothing exports it. It stands until the field is saved with a good
    value or emptied. `item` is named as a query names it: weight_kg, rows[3]-dose_mg.
    """

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="untaken_texts")
    item = models.CharField(max_length=80)
    # Whatever was typed may tell who a subject is, and so may the sentence that repeats it.
    text = items.text("Typed", LONGEST, cdash="", identifying=True)
    why = items.text("Why it was not taken", 2 * LONGEST, cdash="", identifying=True)

    class Meta:
        verbose_name = "text that was not taken"
        verbose_name_plural = "texts that were not taken"
        constraints = [
            models.UniqueConstraint(fields=["case_form", "item"], name="untaken_text_once_an_item"),
            models.CheckConstraint(condition=~models.Q(text=""), name="an_untaken_text_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.text}"
