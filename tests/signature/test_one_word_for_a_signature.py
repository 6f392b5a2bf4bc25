"""Whether a signature is good is said in the same words by the command, on pages, in files, copies and the API."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.access import access_for
from accounts.actor import acting
from assessments.models import CaseForm, Demography
from reports.casebook_copy import Copying, casebook_contents, form_contents
from signature.doubts import answered
from signature.models import Signature
from signature.signing import SignatureStanding, sign_forms
from tests.api.conftest import api, no_limit
from tests.cast import SETUP, Trial, actor

__all__ = ["api", "no_limit"]
pytestmark = pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")


@pytest.fixture
def form(trial: Trial) -> CaseForm:
    trial.screen(subject := trial.subject())
    form = CaseForm.objects.select_related("subject__site", "visit").get(subject=subject, code="demography")
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)
    return form


def put_in_by_other_hands(form: CaseForm) -> None:
    with acting(SETUP):
        made = Signature.objects.get()
        made.pk, made.case_form = None, form.subject.forms.get(code="consent")
        made.save()


def change_behind(form: CaseForm) -> None:
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=34)


@pytest.mark.parametrize(
    ("spoil", "code", "standing"),
    [
        (put_in_by_other_hands, "consent", SignatureStanding.NOT_MADE),
        (change_behind, "demography", SignatureStanding.ALTERED),
    ],
)
def test_one_that_does_not_verify(
    trial: Trial,
    form: CaseForm,
    as_user: Any,
    api: Any,
    spoil: Callable[[Any], None],
    code: str,
    standing: SignatureStanding,
) -> None:
    spoil(form)
    spoiled = form.subject.forms.select_related("subject__site", "visit").get(code=code)
    auditor = as_user(trial.auditor)
    shown = standing.words.capitalize()
    assert standing.words in _command()
    assert f"form {spoiled.pk}) {standing.words}; found" in answered().faults[0]
    assert f"<strong>{shown}.</strong>" in auditor.get(f"/forms/{spoiled.pk}/").content.decode()
    assert shown in auditor.get("/signatures/").content.decode()
    assert f",{standing}," in b"".join(auditor.get("/signatures.csv").streaming_content).decode()
    [line] = api(trial.auditor).get(f"/api/v1/signatures/?form={spoiled.pk}").json()["results"]
    assert line["standing"] == standing
    copying = Copying(access_for(trial.auditor), trial.auditor, timezone.now())
    casebook = casebook_contents(form.subject, copying)
    for copy in (casebook, form_contents(spoiled, copying)):
        printed = [printed_form for group in copy["groups"] for printed_form in group["forms"] if printed_form["seals"]]
        assert standing.words in [seal["words"] for printed_form in printed for seal in printed_form["seals"]]
        assert f"1 {standing}" in copy["acts"][0]["standing"]


def _command() -> str:
    written = StringIO()
    with pytest.raises(CommandError, match="Signatures do not verify"):
        call_command("verify_signatures", stdout=written)
    return written.getvalue()
