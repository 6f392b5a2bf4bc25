"""The subject matrix: subjects down, visits across, the most urgent state in each cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casebook.reading import UNSCHEDULED, Casebook, FormCell, VisitCell, VisitGroup, natural, order

# With more columns than this a matrix opens only what is near: screening, cycle 1, tumour assessments.
ALL_OPEN_UP_TO = 16
NEAR = ("SCR", "C1", "TA", "EOT")


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Visits of one group across subjects; closed, it is one column."""

    key: str
    label: str
    codes: list[str]
    is_open: bool
    toggle: str = ""

    @property
    def columns(self) -> list[str]:
        return self.codes if self.is_open else [self.key]

    @property
    def can_fold(self) -> bool:
        return len(self.codes) > 1

    def heading(self, code: str) -> str:
        """The column's own part of a visit's code: D8 of C1D8, 3 of TA03."""
        return code.removeprefix(self.key).lstrip("0")


@dataclass(frozen=True, slots=True)
class MatrixCell:
    state: str
    words: str
    queries: int
    url: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    book: Casebook
    cells: list[MatrixCell | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    groups: list[ColumnGroup]
    rows: list[MatrixRow]


def matrix(books: Sequence[Casebook], open_groups: str | None) -> Matrix:
    """`open_groups` are joined by commas, as the page's address keeps them; None leaves it to the width."""
    labels: dict[str, str] = {}
    codes: dict[str, set[str]] = {}
    by_group = [{group.key: group for group in book.groups} for book in books]
    for groups in by_group:
        for key, group in groups.items():
            labels[key] = group.label
            codes.setdefault(key, set()).update(cell.visit.code for cell in group.visits)
    opened = _opened(codes, open_groups)
    columns = [
        ColumnGroup(key, labels[key], sorted(codes[key], key=natural), key in opened, ",".join(sorted(opened ^ {key})))
        for key in sorted(labels, key=order)
    ]
    rows = [MatrixRow(book, list(_cells(book, groups, columns))) for book, groups in zip(books, by_group, strict=True)]
    return Matrix(columns, rows)


def _opened(codes: dict[str, set[str]], open_groups: str | None) -> set[str]:
    if open_groups is not None:
        return set(open_groups.split(",")) & set(codes)
    if sum(map(len, codes.values())) <= ALL_OPEN_UP_TO:
        return set(codes)
    return set(NEAR) & set(codes)


def _cells(book: Casebook, groups: dict[str, VisitGroup], columns: list[ColumnGroup]) -> Iterable[MatrixCell | None]:
    casebook = f"/subjects/{book.subject.pk}/"
    for column in columns:
        group = groups.get(column.key)
        if not column.is_open:
            yield _folded(group, casebook) if group else None
            continue
        here = _by_column(group, column) if group else {}
        for code in column.codes:
            yield _visit(here[code], casebook) if code in here else None


def _by_column(group: VisitGroup, column: ColumnGroup) -> dict[str, VisitCell]:
    """A group's visits by the code of their column. Unscheduled ones have no day in common: each subject's own stand
    in the order in which they took place."""
    if group.key == UNSCHEDULED[0]:
        return dict(zip(column.codes, group.visits, strict=False))
    return {cell.visit.code: cell for cell in group.visits}


def _folded(group: VisitGroup, casebook: str) -> MatrixCell:
    words = f"{group.label}, {len(group.visits)} visit{'s' if len(group.visits) > 1 else ''}"
    return MatrixCell(group.shown or "planned", words, group.open_queries, f"{casebook}#group-{group.key}")


def _visit(cell: VisitCell, casebook: str) -> MatrixCell:
    """A visit of one form that is there leads to it; any other to its place in the casebook."""
    only: FormCell | None = cell.forms[0] if len(cell.forms) == 1 else None
    url = only.url if only and only.pk else f"{casebook}#visit-{cell.visit.pk}"
    return MatrixCell(cell.shown or "planned", cell.words, cell.open_queries, url)
