"""Signing forms: who, what it is bound to, when it lapses, and what does not verify."""

import re
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.actor import Locked, acting
from accounts.models import Membership
from assessments.models import Demography
from audit.models import AccessEvent
from cohorts.services import Refused
from signature.content import canonical
from signature.models import Signature
from signature.signing import WITH_FORM, SignatureStanding, sign_forms, standings
from tests.cast import PASSWORD, SETUP, actor
from tests.signature.closed import freeze_form, lock_form
from tests.signature.signed import sign
from tests.unlimited import unlimited


@pytest.fixture
def form(trial):
    subject = trial.subject()
    trial.screen(subject)
    return subject.forms.select_related("subject", "visit").get(code="demography")


@pytest.fixture
def ines(trial):
    return actor(trial.investigator, "investigator")


def how(form):
    return [standing for _, standing in standings(WITH_FORM.filter(case_form=form))]


def how_of(signature):
    [(_, standing)] = standings([signature])
    return standing


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def own_hand(*forms, **others):
    chosen = [f"{form.pk}-{form.version}" for form in forms]
    return {"form": chosen, "username": "ines", "password": PASSWORD} | others


@pytest.mark.requirement("21 CFR 11.50", "FDA 2024 electronic signatures")
def test_a_signature_names_the_signer_the_time_and_the_meaning(trial, form):
    [made] = sign(trial, form)
    assert (made.printed_name, made.username, made.role, made.version) == ("Ines", "ines", "investigator", 1)
    assert (how(form), made.signed_at.utcoffset().total_seconds()) == ([SignatureStanding.HOLDS], 0)
    assert made.meaning.startswith("I have reviewed what is recorded here")


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
def test_a_change_makes_the_signature_lapse(trial, form):
    sign(trial, form)
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="typing error")
    assert how(form) == [SignatureStanding.LAPSED]


def test_a_save_that_changed_nothing_but_the_version_makes_it_lapse_too(trial, form):
    sign(trial, form)
    record = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="looked at again")
    assert how(form) == [SignatureStanding.LAPSED]


@pytest.mark.requirement("21 CFR 11.10(a)", "21 CFR 11.70", "EMA 2023 back-end changes")
def test_a_value_changed_behind_the_form_is_found(trial, form):
    sign(trial, form)
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=34)
    assert how(form) == [SignatureStanding.ALTERED]


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("printed_name", "Somebody else"),
        ("username", "carla"),
        ("role", "monitor"),
        ("meaning", "I have not looked."),
        ("content", "0" * 64),
        ("version", 7),
    ],
)
def test_a_signature_that_was_altered_does_not_verify(trial, form, column, value):
    [made] = sign(trial, form)
    setattr(made, column, value)
    assert how_of(made) == SignatureStanding.ALTERED


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 back-end changes")
@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_signed_is_not_changed_or_deleted(trial, form, change):
    [made] = sign(trial, form)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), acting(SETUP):
        made.save() if change == "update" else made.delete()
    assert how(form) == [SignatureStanding.HOLDS]


@pytest.mark.requirement("21 CFR 11.70", "FDA 2024 electronic signatures")
def test_a_copy_at_another_form_does_not_verify(trial, form):
    [made] = sign(trial, form)
    other = form.subject.forms.get(code="consent")
    with acting(SETUP):
        made.pk, made.case_form = None, other
        made.save()
    assert (how(form), how(other)) == ([SignatureStanding.HOLDS], [SignatureStanding.NOT_MADE])


def test_one_act_signs_several_forms(trial, form):
    made = sign(trial, form, form.subject.forms.get(code="consent"), form.subject.forms.get(code="tumour_baseline"))
    assert (len(made), len({signature.act for signature in made}), len({signature.digest for signature in made})) == (
        3,
        1,
        3,
    )
    assert {standing for _, standing in standings(WITH_FORM.all())} == {SignatureStanding.HOLDS}


def test_a_form_in_progress_is_not_signed(trial, form):
    begun = trial.fill(form.subject, "adverse_event", {"term": "Nausea"}, complete=False)
    with pytest.raises(Refused, match="is not complete"):
        sign(trial, form, begun)
    assert not Signature.objects.exists()


@pytest.mark.requirement("EMA 2023 signatures")
def test_what_was_changed_since_it_was_seen_is_not_signed(trial, form, ines):
    with pytest.raises(Refused, match="was changed since you saw it"):
        sign_forms(seen={form.pk: form.version + 1}, signed_by=trial.investigator, by=ines)


def test_a_frozen_form_is_signed_and_a_locked_one_is_not(trial, form):
    freeze_form(case_form=form, reason="seen", by=actor(trial.monitor, "monitor"))
    assert len(sign(trial, form)) == 1
    locked = form.subject.forms.get(code="consent")
    lock_form(case_form=locked, reason="clean", by=actor(trial.data_manager, "data_manager"))
    with pytest.raises(Locked, match=r"^The form was locked by dora"):
        sign(trial, locked)


def test_a_lock_leaves_the_signature_holding(trial, form):
    sign(trial, form)
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    assert how(form) == [SignatureStanding.HOLDS]


def test_the_content_is_one_fixed_text(form):
    assert canonical([form])[form.pk] == (
        f'{{"code":"demography","form":{form.pk},"format":1,"not_done_reason":"","record":'
        '{"age":54,"birth_date":"1953-05","ethnicity":"","menopausal_status":"","no_birth_date":"","race":"WHITE",'
        '"race_detail":"","sex":"F"},"rows":[],'
        f'"state":"complete","subject":"{form.subject.label}","version":1,"visit":"SCR"}}'
    )


def test_the_investigator_signs_a_selection_with_name_and_password(trial, form, as_user):
    client = as_user(trial.investigator)
    page = client.get(f"/sign/?subject={form.subject_id}")
    assert page.content.decode().count('name="form"') == form.subject.forms.count()
    answer = client.post("/sign/", own_hand(form, form.subject.forms.get(code="consent")))
    assert (answer.status_code, Signature.objects.count()) == (302, 2)
    assert len(client.get(f"/sign/?form={form.pk}").context["waiting"]) == 0


@pytest.mark.requirement("21 CFR 11.200")
@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"username": "carla"}, {"password": ""}])
def test_nothing_is_signed_without_the_own_name_and_password(trial, form, as_user, wrong):
    answer = as_user(trial.investigator).post("/sign/", own_hand(form, **wrong))
    assert (answer.status_code, Signature.objects.count()) == (422, 0)


@pytest.mark.requirement("21 CFR 11.200")
def test_where_a_second_factor_is_due_a_wrong_code_signs_nothing(trial, form, as_user, settings):
    settings.MFA_REQUIRED_ROLES = ["investigator"]
    secret = generate_totp_secret()
    with acting(SETUP):
        TOTP.activate(trial.investigator, secret)
    client = as_user(trial.investigator)
    assert client.post("/sign/", own_hand(form)).status_code == 422
    assert client.post("/sign/", own_hand(form, code="000000")).status_code == 422
    assert not Signature.objects.exists()
    assert client.post("/sign/", own_hand(form, code=code_of(secret))).status_code == 302
    assert Signature.objects.count() == 1


def test_a_recovery_code_signs_once(trial, form, as_user, settings):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    settings.MFA_REQUIRED_ROLES = ["investigator"]
    with acting(SETUP):
        TOTP.activate(trial.investigator, generate_totp_secret())
        code = RecoveryCodes.activate(trial.investigator).get_unused_codes()[0]
    client = as_user(trial.investigator)
    assert client.post("/sign/", own_hand(form, code=code)).status_code == 302
    other = form.subject.forms.get(code="consent")
    assert client.post("/sign/", own_hand(other, code=code)).status_code == 422
    assert Signature.objects.count() == 1


def test_wrong_sign_ins_of_a_stranger_keep_no_investigator_from_signing(trial, form, as_user, settings):
    settings.MFA_REQUIRED_ROLES = ["investigator"]
    secret = generate_totp_secret()
    with acting(SETUP):
        TOTP.activate(trial.investigator, secret)
    client = as_user(trial.investigator)
    for _ in range(12):
        Client().post("/accounts/login/", {"login": "ines", "password": "guess"})
    # One who has the password, and no code: allauth pauses codes at the door by the name.
    stolen = Client(REMOTE_ADDR="203.0.113.9")
    stolen.post("/accounts/login/", {"login": "ines", "password": PASSWORD})
    for _ in range(12):
        stolen.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert client.post("/sign/", own_hand(form, code=code_of(secret))).status_code == 302
    assert Signature.objects.count() == 1


def test_guessing_at_a_signature_pauses_that_session_alone_and_says_for_how_long(trial, form, as_user):
    guessing, signer = as_user(trial.investigator), Client()
    signer.force_login(trial.investigator)
    for _ in range(5):
        guessing.post("/sign/", own_hand(form, password="guess"))
    answer = guessing.post("/sign/", own_hand(form))
    assert (answer.status_code, Signature.objects.count()) == (422, 0)
    assert re.search(r"Too many wrong attempts in this session. Wait 1\d seconds", answer.content.decode())
    assert signer.post("/sign/", own_hand(form)).status_code == 302
    assert AccessEvent.objects.filter(kind="sign_in_failed", actor_name="ines").count() == 6


def test_guessing_at_the_code_of_a_signature_pauses_too(trial, form, as_user, settings):
    settings.MFA_REQUIRED_ROLES = ["investigator"]
    secret = generate_totp_secret()
    with acting(SETUP):
        TOTP.activate(trial.investigator, secret)
    client = as_user(trial.investigator)
    for _ in range(5):
        client.post("/sign/", own_hand(form, code="000000"))
    answer = client.post("/sign/", own_hand(form, code=code_of(secret)))
    assert (answer.status_code, Signature.objects.count()) == (422, 0)
    assert "Too many wrong attempts" in answer.content.decode()


def test_a_form_of_another_site_is_neither_shown_nor_signed(trial, form, as_user):
    with acting(SETUP), unlimited():
        Membership.objects.filter(user=trial.investigator).update(site=trial.other_site)
    client = as_user(trial.investigator)
    assert client.get("/sign/").context["waiting"] == []
    refused = client.get(f"/sign/?form={form.pk}")
    assert (refused.status_code, form.subject.label in refused.content.decode()) == (400, False)
    assert client.post("/sign/", own_hand(form)).status_code == 422
    assert not Signature.objects.exists()


def test_what_changed_since_the_page_was_shown_is_said(trial, form, as_user):
    page = as_user(trial.investigator).post("/sign/", own_hand(form) | {"form": [f"{form.pk}-7"]})
    assert page.status_code == 422
    assert "was changed or signed since this page was shown" in page.content.decode()


@pytest.mark.requirement("21 CFR 11.50", "EMA 2023 signatures")
def test_the_form_shows_name_time_and_meaning_and_then_that_it_lapsed(trial, form, as_user):
    [made] = sign(trial, form)
    client = as_user(trial.monitor)
    shown = client.get(f"/forms/{form.pk}/").content.decode()
    assert f"Ines (investigator), {made.signed_at:%-d %b %Y %H:%M:%S} UTC" in shown
    assert "I have reviewed what is recorded here" in shown
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="typing error")
    assert "Signature lapsed</strong> on" in " ".join(client.get(f"/forms/{form.pk}/").content.decode().split())


def test_the_casebook_shows_what_is_signed(trial, form, as_user):
    sign(trial, *form.subject.forms.filter(visit=form.visit))
    assert "state-signed" in as_user(trial.monitor).get(f"/subjects/{form.subject_id}/").content.decode()


def test_the_list_to_sign_costs_the_same_for_many(trial, form, as_user, statements):
    client = as_user(trial.investigator)
    few = statements(lambda: client.get("/sign/"))
    trial.screen(trial.subject())
    assert statements(lambda: client.get("/sign/")) == few


def test_the_command_lists_what_lapsed_and_fails_on_what_was_altered(trial, form):
    consent = form.subject.forms.get(code="consent")
    sign(trial, form, consent)
    output = StringIO()
    call_command("verify_signatures", stdout=output)
    assert "2 signatures: 2 hold, 0 lapsed, 0 altered, 0 not made by signing." in output.getvalue()
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=34)
    with pytest.raises(CommandError):
        call_command("verify_signatures", stdout=output)
    assert f"form {form.pk} (demography of {form.subject}), Ines" in output.getvalue()


@pytest.mark.requirement("21 CFR 11.50", "21 CFR 11.200")
def test_the_api_signs_with_name_and_password_and_tells_what_holds(trial, form):
    client = APIClient()
    client.force_login(trial.investigator)
    sent = {"forms": [{"form": form.pk, "version": form.version}], "username": "ines", "password": "guess"}
    assert client.post("/api/v1/signatures/", sent, format="json").status_code == 400
    answer = client.post("/api/v1/signatures/", sent | {"password": PASSWORD}, format="json")
    assert (answer.status_code, answer.json()[0]["standing"]) == (201, "holds")
    [listed] = client.get(f"/api/v1/signatures/?form={form.pk}").json()["results"]
    assert (listed["printed_name"], listed["standing"]) == ("Ines", "holds")


@pytest.mark.parametrize("forms", [[], [{"form": 1}], "1", [{"form": True, "version": 1}]])
def test_the_api_says_what_it_wants_of_forms_to_sign(trial, forms):
    client = APIClient()
    client.force_login(trial.investigator)
    assert client.post("/api/v1/signatures/", {"forms": forms}, format="json").status_code == 400
