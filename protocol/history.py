"""The cancer history: which disease it is of, and what its form asks."""

from __future__ import annotations

from pydantic import Field

from protocol.part import Name, Part, Text


class HistoryItem(Part):
    """One item of the form history; `code` is the name of its column, or `column` is."""

    code: Name
    """The name of its column on the form; or of one's own, where `column` names one that is free."""
    column: str = ""
    """A free column of the form, such as `choice_1`, where the code is none of its columns."""
    label: str = ""
    """In words; none where those of the form hold."""
    choices: tuple[Text, ...] = ()
    """What can be answered, where the form has no list of its own, or fewer or others are offered."""

    @property
    def held_by(self) -> str:
        """The name of its column."""
        return self.column or self.code


class CancerHistory(Part):
    """The disease under study, as the form history and everything that names the disease call it."""

    disease: Text
    """In words: `Breast cancer`; the form is called by it, `Breast cancer history`."""
    items: tuple[HistoryItem, ...] = Field(min_length=1)
    """What the form asks, in its order."""
    therapies: tuple[Text, ...] = Field(min_length=1)
    """The kinds of therapy that an earlier, and a later, therapy of the cancer can be of."""

    def item(self, code: str) -> HistoryItem:
        """The item of that code; KeyError if there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


# What forms asked and said before a file could: files of then are in force still, and mean this.
GUIDELINES_FORMERLY = {
    "history": (
        "HER2 is positive by immunohistochemistry 3+ or by FISH: enter both where both were done.",
        "Trastuzumab and taxanes decide who may enter phase II.",
    ),
    "lvef": ("A fall of 10 points or more to below the institution's lower limit is a reason to hold trastuzumab.",),
    "infusion": ("Trastuzumab is delayed or stopped, never reduced.",),
    "tumour_baseline": ("At most 28 days before the first dose.",),
}
FORMERLY = CancerHistory(
    disease="Breast cancer",
    items=(
        HistoryItem(code="diagnosis_date"),
        HistoryItem(code="metastatic_date"),
        HistoryItem(code="histology", choices=("Invasive ductal", "Invasive lobular", "Inflammatory", "Other")),
        HistoryItem(code="tumour_grade"),
        HistoryItem(code="stage_at_diagnosis"),
        HistoryItem(code="her2_ihc"),
        HistoryItem(code="her2_fish"),
        HistoryItem(code="oestrogen_receptor"),
        HistoryItem(code="progesterone_receptor"),
    ),
    therapies=(
        "Trastuzumab",
        "Taxane",
        "Other chemotherapy",
        "Lapatinib",
        "Endocrine therapy",
        "Immunotherapy",
        "Radiotherapy",
        "Surgery",
        "Other",
    ),
)
