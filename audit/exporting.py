"""Tables that leave at a page: each is one `Export` in the module `exports` of its app, and all else follows.

Its address, the check of the right, the files of each kind, the line in the log of access and the links at its page are
made here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe

from accounts.access import Access, SignedInRequest
from accounts.roles import Permission
from audit.files import XLSX, csv_response, file_response, stamped, workbook
from components.filtering import refuse_parameters

Kind = Literal["csv", "xlsx"]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A table, and where it leaves.

    `name` is the name of its address, which is `address` with a dot and the kind. `page` is the name of the page whose
    head links to it, under `label`, which may be "" where the page shows nothing else. `title` says in the log of
    access what was taken, `file` is the name of the file without its moment. `rows` gives the names of the columns
    first, then what this user may see, as texts and numbers.
    """

    name: str
    address: str
    page: str
    label: str = ""
    title: str
    file: str
    permission: Permission
    rows: Callable[[Access], Iterable[Sequence[Any]]]
    kinds: tuple[Kind, ...] = ("csv", "xlsx")

    def path(self) -> URLPattern:
        kinds = "|".join(self.kinds)
        return re_path(rf"^{self.address}\.(?P<kind>{kinds})$", sent, {"export": self.name}, name=self.name)


_offered: dict[str, Export] = {}


def offer(*exports: Export) -> None:
    """For the module `exports` of an app. Raises ValueError where a name is taken."""
    for export in exports:
        if _offered.setdefault(export.name, export) is not export:
            raise ValueError(f"two exports are named {export.name}")


def paths() -> list[URLPattern]:
    """The addresses of all exports."""
    return [export.path() for export in _offered.values()]


def at_page(page: str, access: Access) -> Iterator[tuple[Export, Kind]]:
    """What a page offers this user."""
    for export in _offered.values():
        if export.page == page and access.can(export.permission):
            yield from ((export, kind) for kind in export.kinds)


@require_safe
def sent(request: SignedInRequest, kind: Kind, export: str) -> HttpResponseBase:
    chosen = _offered[export]
    request.access.require(chosen.permission)
    refuse_parameters(request.GET)
    what, rows = f"{chosen.title} as {kind.upper()}", chosen.rows(request.access)
    if kind == "csv":
        return csv_response(request, what, rows, stamped(chosen.file))
    return file_response(request, what, as_workbook(chosen.file, rows), f"{stamped(chosen.file)}.xlsx", XLSX)


def as_workbook(sheet: str, rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet; the first row names the columns."""
    lines = iter(rows)
    return workbook({sheet: next(lines)}, ((sheet, cells) for cells in lines))
