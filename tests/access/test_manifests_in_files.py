"""Every file that leaves the system says who signed what, when and what for, or stands here with the reason why not."""

import json
import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import HttpResponseBase

from assessments.models import CaseForm
from endpoints.refresh import refresh_marked
from reports import casebook_copy
from review.services import raise_query
from signature.signing import MEANING, sign_forms
from tests.access.matrix import PAGES
from tests.access.test_matrix import keys
from tests.api.operations import OPERATIONS
from tests.cast import Trial, actor
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK
from tests.review.test_who_may_open_what import things

__all__ = ["keys", "things"]
A_FILE = re.compile(r"\.(csv|xlsx|pdf|json|svg|png)$|/(csv|xlsx|anchor)/$")
# The address -> why a signature of a form has no place in it.
WITHOUT = {
    "/endpoints/P2/measurable/versions/{version}/response.csv": "figures under an earlier version, which nobody signs",
    "/endpoints/P2/measurable/versions/{version}/outcomes.csv": "derived under an earlier version, from many forms",
    "/endpoints/P2/measurable/versions/{version}/os.svg": "derived under an earlier version, from many forms",
    "/queries/ageing.csv": "numbers of queries by site and age: of no form",
    "/sdv/progress.csv": "numbers of verified items by site: of no form",
    "/monitoring-visits/{monitoring}/report.pdf": "what the monitor compared and asked, in the monitor's name",
    "/staff.csv": "who worked where",
    "/staff/reviews/{access_review}.csv": "access; who signs the review stands in it",
    "/access-log.csv": "who came in, and who was refused",
    "/trail/seal/anchor.json": "hashes of the trail",
    "/endpoints/P2/measurable/waterfall.svg": "derived from many forms",
    "/reports/endpoints/P2/measurable.pdf": "derived from many forms: it says how many of them are signed",
}


def files() -> list[str]:
    pages = [address for address, _, _, method in (*PAGES_OF_WORK, *PAGES) if method == "get"]
    operations = [address for method, address, *_ in OPERATIONS if method == "get"]
    return sorted({address for address in (*pages, *operations) if A_FILE.search(address)})


@pytest.fixture
def signed(trial: Trial, keys: dict[str, int]) -> dict[str, int]:
    """The form of the keys is signed, and a question lies on it."""
    form = CaseForm.objects.get(pk=keys["form"])
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    if form.state != "complete":
        form = trial.fill(form.subject, form.code, record, visit="SCR", case_form=form)
    raise_query(case_form=form, text="Signed?", by=actor(trial.monitor, "monitor"))
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)
    refresh_marked()
    return keys | {"form": form.pk, "subject": form.subject_id}


def words_of(answer: HttpResponseBase) -> str:
    """What the file says, without breaks of lines."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as book:
            text = " ".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    else:
        text = content.decode()
    return " ".join(text.split())


@pytest.mark.requirement("21 CFR 11.50", "EMA 2023 signatures")
def test_every_file_shows_name_time_and_meaning_of_what_is_signed_in_it(
    trial: Trial, signed: dict[str, int], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a PDF prints, before it is drawn.
    monkeypatch.setattr(casebook_copy, "_pdf", lambda printed, at: json.dumps(printed, default=str).encode())
    client, named = as_user(trial.auditor), {}
    for address in set(files()) - WITHOUT.keys():
        answer = client.get(address.format(**signed))
        assert answer.status_code == 200, address
        words = words_of(answer)
        named[address] = {part for part in ("Ines", MEANING, "20") if part not in words}
    assert not {address: missing for address, missing in named.items() if missing}
    assert len(named) >= 6


def test_a_file_that_shows_none_is_there() -> None:
    assert WITHOUT.keys() <= set(files())
