"""What a signature covers: the canonical content of a form, and its SHA-256.

The canonical content is one JSON object as UTF-8: keys sorted, no spaces, characters as they are, days as ISO 8601,
decimals as text with the digits that are stored. It holds what was entered: form, subject, code, visit, version and
state; each item of the record with the reasons for missing ones; each row. Of a lesion that was first seen at another
form only the finding counts. What the system computes (planned doses, grades, codes) follows from it and is left out.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import Any

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, Lesion
from assessments.reading.forms import RESULT, Row, computed_names, computed_of_rows, read_forms
from values.numbers import Result

FORMAT = 1
NEEDS = ("subject", "visit")


def canonical(case_forms: Iterable[CaseForm]) -> dict[int, str]:
    """The canonical content of each form by its key, in a few statements a kind of form."""
    by_code = sorted(case_forms, key=lambda form: form.code)
    return {key: text for code, group in groupby(by_code, lambda form: form.code) for key, text in _of(code, [*group])}


def digests(case_forms: Iterable[CaseForm]) -> dict[int, str]:
    """The SHA-256 of each form's content, in hexadecimal digits."""
    return {key: sha256(text.encode()).hexdigest() for key, text in canonical(case_forms).items()}


def serialised(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _of(code: str, forms: list[CaseForm]) -> Iterator[tuple[int, str]]:
    form_type = CATALOGUE[code]
    stored = read_forms(form_type, forms)
    computed = set(computed_names(form_type))
    told_here = _told_here(forms) if form_type.has_lesions else set()
    for form in forms:
        record, rows = stored[form.pk]
        if form_type.has_lesions:
            rows = [row if (form.pk, row["label"]) in told_here else _finding(row) for row in rows]
        elif form_type.rows is not None:
            rows = [_without(row, set(computed_of_rows(form_type.rows))) for row in rows]
        yield form.pk, serialised(_header(form) | {"record": _without(record, computed), "rows": rows})


def _header(form: CaseForm) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "form": form.pk,
        "subject": form.subject.label,
        "code": form.code,
        "visit": form.visit.code if form.visit else None,
        "version": form.version,
        "state": form.state,
        "not_done_reason": form.not_done_reason,
    }


def _told_here(forms: list[CaseForm]) -> set[tuple[int, str]]:
    return set(Lesion.objects.filter(case_form__in=forms).values_list("case_form_id", "label"))


def _finding(row: Row) -> Row:
    return {"label": row["label"]} | {name: row[name] for name in RESULT}


def _without(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Result):
        return value.exact
    raise TypeError(f"{type(value).__name__} has no canonical form")
