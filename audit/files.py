"""The one way out for files: CSV and workbooks that a spreadsheet opens as they are meant, and how a file is sent.

Each file that is sent stands in the log of access with the SHA-256 of its bytes, by which it is known again
(audit.file_check).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter
from django.conf import settings
from django.core.management import BaseCommand
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from audit.access_log import AccessKind, TakenFile, record_export, record_written
from audit.naming import marked

CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Without it a spreadsheet takes UTF-8 for the encoding of its country, and umlauts for two signs each.
MARK = "\ufeff"
# With what a spreadsheet lets a formula begin; the full-width ones and control characters among them.
FORMULA = re.compile("[\\s\\x00]*[-=+@\uff1d\uff0b\uff0d\uff20]|[\\t\\r\\n]")
NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?(?: ?%)?")
LINES_AT_ONCE = 500


def csv_lines(rows: Iterable[Sequence[Any]], separator: str = ",") -> Iterator[str]:
    """The text of a CSV file, in pieces of some hundred lines; the first row names the columns.

    Each text that a spreadsheet would take for a formula gets an apostrophe before it; a number stays one.
    """
    writer, left, begin = csv.writer(_Echo(), delimiter=separator), iter(rows), MARK
    while some := list(islice(left, LINES_AT_ONCE)):
        yield begin + "".join(writer.writerow([guarded(cell) for cell in row]) for row in some)
        begin = ""


def guarded(cell: Any) -> Any:
    if not isinstance(cell, str) or NUMBER.fullmatch(cell) or not FORMULA.match(cell):
        return cell
    return f"'{cell}"


def workbook(heads: Mapping[str, Sequence[str]], rows: Iterable[tuple[str, Sequence[Any]]]) -> bytes:
    """An XLSX with a sheet for each head; `rows` say to which sheet they belong. No text becomes a formula."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        book = xlsxwriter.Workbook(file.name, {"constant_memory": True})
        book.set_properties({"comments": f"EDC release {settings.RELEASE}"})
        sheets = {name: book.add_worksheet(name) for name in heads}
        last = dict.fromkeys(heads, 0)
        for name, head in heads.items():
            _write(sheets[name], 0, head)
        for name, cells in rows:
            last[name] += 1
            _write(sheets[name], last[name], cells)
        book.close()
        return file.read()


def _write(sheet: Any, row: int, cells: Iterable[Any]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, int | float | Decimal):
            sheet.write_number(row, column, cell)
        elif cell:
            sheet.write_string(row, column, cell)


def csv_response(
    request: HttpRequest, what: str, rows: Iterable[Sequence[Any]], name: str, separator: str = ","
) -> HttpResponseBase:
    """Sent while it is read. `what` says what it was made from, `name` goes without its kind."""
    name = marked(f"{name}.csv")
    record_export(request, what, TakenFile(name))
    pieces = (text.encode() for text in csv_lines(rows, separator))
    return attached(StreamingHttpResponse(_followed(request, what, name, pieces), content_type=CSV), name)


def _followed(request: HttpRequest, what: str, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, and in the log their hash and size: of the whole file, or of as much as was handed over."""
    digest, size, end = sha256(), 0, AccessKind.BROKEN_OFF
    try:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece
        end = AccessKind.SENT
    finally:
        record_export(request, what, TakenFile(name, digest.hexdigest(), size), end)


def file_response(request: HttpRequest, what: str, content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file that is there as a whole. `what` says what it was made from."""
    name = marked(name)
    record_export(request, what, TakenFile(name, sha256(content).hexdigest(), len(content)))
    response = HttpResponse(content, content_type=content_type)
    attached(response, name)
    return response


def note_written(command: BaseCommand, what: str, name: str, content: bytes) -> None:
    """In the log of access, like a file that a page sends: what a command wrote to a file or printed.

    Where no database answers the file is written all the same, and the operator told that nobody will know it again.
    """
    program = type(command).__module__.rpartition(".")[2]
    file = TakenFile(name, sha256(content).hexdigest(), len(content))
    try:
        record_written(f"{what}, by manage.py {program} of release {settings.RELEASE}", file)
    except (DatabaseError, InterfaceError):
        command.stderr.write(f"{name} is not in the log of access, as the database does not answer.")


def attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """As an attachment of that name, which no cache keeps."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def stamped(name: str) -> str:
    """A name that says when the file was made, in UTC."""
    return f"{name}-{timezone.now():%Y%m%dT%H%M%SZ}"


class _Echo:
    """A file that hands each line back, to be sent at once."""

    def write(self, line: str) -> str:
        return line
