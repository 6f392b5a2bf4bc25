"""A signature that was not made by signing: the database takes none from the site's role, and none verifies."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.actor import acting
from accounts.models import User
from assessments.models import CaseForm
from signature.doubts import check_all
from signature.models import Signature
from signature.signing import WITH_FORM, SignatureStanding, digest_of, sign_forms, standings
from tests.cast import SETUP, Trial, actor
from tests.servers import as_the_site

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures"),
]
COLUMNS = [field.column for field in Signature._meta.concrete_fields if field.column != "id"]
INSERT = (
    f"INSERT INTO signature_signature ({', '.join(COLUMNS)}) VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"
)


@pytest.fixture
def signed(trial: Trial) -> Signature:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    by = actor(trial.investigator, "investigator")
    [made] = sign_forms(seen={form.pk: 1}, signed_by=trial.investigator, by=by)
    return made


@pytest.fixture
def psql(trial: Trial) -> Iterator[psycopg.Connection]:
    """The site's role, entered by the investigator's session."""
    client, ines = Client(), trial.investigator
    client.force_login(ines)
    with psycopg.connect(as_the_site(), autocommit=True) as session:
        session.execute("SELECT edc.enter(%s)", [client.session.session_key])
        variables = (("sites", "all"), ("actor_id", ines.pk), ("actor_name", "ines"), ("role", "investigator"))
        for name, value in variables:
            session.execute("SELECT set_config(%s, %s, false)", [f"edc.{name}", str(value)])
        yield session


def forged(signed: Signature, **others: Any) -> dict[str, Any]:
    """A row whose digest fits what it says."""
    made = Signature(**{name: getattr(signed, name) for name in COLUMNS} | {"act": uuid4()} | others)
    made.digest = digest_of(made)
    return {name: getattr(made, name) for name in COLUMNS}


def how() -> list[SignatureStanding]:
    return [standing for _, standing in standings(WITH_FORM.order_by("pk"))]


def test_the_site_s_role_signs_for_nobody_else_not_in_another_role_and_at_no_other_time(
    trial: Trial, signed: Signature, psql: psycopg.Connection
) -> None:
    other = CaseForm.objects.get(code="consent")
    for changed in (
        {"signer_id": trial.coordinator.pk, "username": "carla"},
        {"username": "carla"},
        {"role": "data_manager"},
        {"signed_at": timezone.now() - timedelta(days=30)},
        {"signed_at": timezone.now() + timedelta(minutes=2)},
    ):
        row = forged(signed, case_form_id=other.pk, **{"signed_at": timezone.now()} | changed)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="a signature is made by its signer"):
            psql.execute(INSERT, row)
    assert how() == [SignatureStanding.HOLDS]


def test_one_that_the_trail_did_not_see_its_signer_make_does_not_verify(
    signed: Signature, trial: Trial, as_owner: Any
) -> None:
    other = CaseForm.objects.get(code="consent")
    content = _content_of(other)
    row = forged(signed, case_form_id=other.pk, content=content, signed_at=timezone.now() - timedelta(days=30))
    as_owner.execute("ALTER TABLE signature_signature DISABLE TRIGGER trail")
    as_owner.execute(INSERT, row)
    as_owner.execute("ALTER TABLE signature_signature ENABLE ALWAYS TRIGGER trail")
    assert how() == [SignatureStanding.HOLDS, SignatureStanding.NOT_MADE]
    assert check_all() == 1


@pytest.mark.parametrize("changed", ["signer", "time"])
def test_one_that_the_system_s_role_puts_in_for_somebody_or_for_another_day_does_not_verify(
    signed: Signature, trial: Trial, changed: str
) -> None:
    other = CaseForm.objects.get(code="consent")
    at = timezone.now() - timedelta(days=30 if changed == "time" else 0)
    by = SETUP if changed == "signer" else actor(User.objects.get(username="ines"), "investigator")
    with acting(by):
        row = forged(signed, case_form_id=other.pk, content=_content_of(other), signed_at=at)
        Signature.objects.create(**row)
    assert how() == [SignatureStanding.HOLDS, SignatureStanding.NOT_MADE]


def _content_of(form: CaseForm) -> str:
    from signature.content import NEEDS, digests

    held = CaseForm.objects.select_related(*NEEDS).get(pk=form.pk)
    return digests([held])[form.pk]


def test_what_was_signed_on_the_pages_or_by_a_service_holds(signed: Signature) -> None:
    assert how() == [SignatureStanding.HOLDS]
    assert not Signature.objects.exclude(version=F("case_form__version")).exists()
