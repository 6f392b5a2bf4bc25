"""A randomisation list is checked, and then imported as a whole."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from accounts.access import SignedInRequest
from accounts.models import Site
from accounts.roles import Permission
from cohorts.services import Refused
from components.from_file import ChosenFile, FilePage, Preview, from_file
from components.pages import require_get_or_post
from protocol import in_force
from randomisation.list_file import AllocationLine, read_list
from randomisation.models import AllocationList
from randomisation.reading import numbers_taken, strata
from randomisation.services import import_list
from randomisation.wording import in_words
from values import UnreadableValue

MOST_SHOWN = 50


@dataclass
class ListPreview(Preview):
    """A list, and its `content` as it was sent."""

    columns_to_correct = ("Number",)
    button = "Import the list"

    lines: list[AllocationLine]
    content: bytes

    @property
    def new(self) -> list[AllocationLine]:
        return self.lines

    def number_of(self, line: AllocationLine) -> int:
        return line.at

    def cells_of(self, line: AllocationLine) -> list[str]:
        return [line.number]

    @property
    def to_correct(self) -> list[Any]:
        return super().to_correct[:MOST_SHOWN]

    @property
    def by_stratum(self) -> list[tuple[str, int]]:
        """How many numbers of each stratum, in words."""
        return [(in_words(name), count) for name, count in Counter(line.stratum for line in self.lines).items()]


@sensitive_variables()
@require_get_or_post
def randomisation_lists(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.IMPORT_RANDOMISATION)
    by = request.access.actor(channel="import", permission=Permission.IMPORT_RANDOMISATION)

    @sensitive_variables()
    def write(preview: ListPreview, name: str) -> str:
        made = import_list(name=name, content=preview.content, lines=preview.lines, by=by)
        return f"{made.name}: {made.numbers} numbers are in, and concealed until they are given."

    page = FilePage(
        template="randomisation/lists.html",
        read=look_through,
        write=write,
        back=reverse("randomisation_lists"),
        refusals=(Refused,),
        form=ChosenFile,
        context={
            "randomisation": in_force().randomisation,
            "lists": AllocationList.objects.all(),
            "strata": strata(),
        },
    )
    return from_file(request, page)


@sensitive_variables()
def look_through(content: bytes) -> ListPreview:
    """Each line with what is wrong with it. Raises UnreadableValue where it is no list of this trial."""
    given = in_force().randomisation
    if given is None:
        raise UnreadableValue("This trial randomises nobody: its protocol file names no such groups.")
    lines = read_list(content, given, list(Site.objects.order_by("code").values_list("code", flat=True)))
    _refuse_numbers_of_earlier_lists(lines)
    return ListPreview(lines, content)


def _refuse_numbers_of_earlier_lists(lines: Sequence[AllocationLine]) -> None:
    known = numbers_taken([line.number for line in lines])
    for line in lines:
        if line.number in known:
            line.errors.append(f"An earlier list has the number {line.number}.")
