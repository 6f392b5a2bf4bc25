import csv
from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import AccessEvent, Event
from audit.sealing import seal_trail
from audit.wording import changes
from cohorts.services import add_visit
from review.services import raise_query
from signature.closing import Reach, reopen, shut
from signature.models import ClosureState
from tests.cast import actor
from tests.signature.closed import lock_form


@pytest.fixture
def subject(trial):
    subject = trial.subject()
    trial.screen(subject)
    form = subject.forms.get(code="demography")
    changed = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(subject, "demography", changed, case_form=form, reason="Data entry error")
    return subject


def entries(client, address=""):
    return client.get(f"/trail/?{address}").context["entries"]


def changes_of(entry):
    return [change for part in entry["parts"] for _, changes in part["lines"] for change in changes]


@pytest.mark.requirement("21 CFR 11.10(e)", "ICH E6(R3) 4.2.2")
def test_a_change_stands_there_old_and_new_in_the_words_of_the_form(trial, subject, as_user):
    form = subject.forms.get(code="demography")
    trail = entries(as_user(trial.coordinator), f"form={form.pk}&item=age")
    assert [(change.label, change.old, change.new) for entry in trail for change in changes_of(entry)] == [
        ("Age at consent", "54", "55"),
        ("Age at consent", None, "54"),
    ]
    assert (trail[0]["event"].reason, trail[0]["event"].actor_name, trail[0]["role"]) == (
        "Data entry error",
        "carla",
        "coordinator",
    )


def test_choices_are_shown_by_their_words(trial, subject, as_user):
    form = subject.forms.get(code="demography")
    trail = entries(as_user(trial.coordinator), f"form={form.pk}&item=sex")
    assert [change.new for change in changes_of(trail[0])] == ["Female"]


def test_the_same_events_stand_in_a_table_a_line_a_change(trial, subject, as_user):
    form = subject.forms.get(code="demography")
    page = as_user(trial.coordinator).get(f"/trail/?form={form.pk}&item=age&view=table")
    changes = [(change.label, change.old, change.new) for line in page.context["lines"] for change in line["changes"]]
    assert changes == [("Age at consent", "54", "55"), ("Age at consent", None, "54")]
    assert [line["event"].reason for line in page.context["lines"]] == ["Data entry error", ""]
    assert [(tab["label"], tab["current"]) for tab in page.context["tabs"]] == [("Timeline", False), ("Table", True)]
    assert b"Data entry error" in page.content
    assert page.context["entries"] == []


def test_the_table_pages_on_in_the_same_view_and_takes_as_many_statements_whatever_it_shows(trial, as_user, statements):
    trial.treated_subject()
    client = as_user(trial.data_manager)
    page = client.get("/trail/?view=table&role=coordinator")
    assert len(page.context["lines"]) == 50
    assert "view=table" in page.context["older"] and "role=coordinator" in page.context["older"]
    few = statements(lambda: client.get("/trail/?view=table&form_type=demography"))
    trial.treated_subject()
    assert statements(lambda: client.get("/trail/?view=table&form_type=demography")) == few
    assert few <= 16


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("", "Audit trail"),
        ("subject=101-001", "Trail of subject 101-001"),
        ("who=carla", "Trail of carla"),
        ("site={site}", "Trail of site 101"),
    ],
)
def test_the_page_says_whose_trail_it_is(trial, subject, as_user, address, heading):
    page = as_user(trial.data_manager).get(f"/trail/?{address.format(site=trial.site.pk)}").content.decode()
    assert f"<h1>{heading}</h1>" in page


def test_a_form_is_chosen_by_its_title_and_then_one_of_its_items(trial, subject, as_user):
    client = as_user(trial.data_manager)
    page = client.get("/trail/?form_type=demography").context
    assert {entry["form"][1] for entry in page["entries"]} == {"Demography"}
    offered = dict(page["filter"].fields["item"].widget.choices)
    assert offered["age"] == "Age at consent"
    assert "overall_response" not in offered
    assert "age" not in dict(client.get("/trail/").context["filter"].fields["item"].widget.choices)
    assert len(entries(client, "form_type=demography&item=age")) == 2


def test_an_item_is_found_over_all_forms_that_have_it(trial, subject, as_user):
    client = as_user(trial.data_manager)
    assert len(entries(client, "item=planned_first_dose_date")) == 1
    lines = client.get("/trail/?item=her2_ihc&view=table").context["lines"]
    assert {line["form"][1] for line in lines} == {"Eligibility", "Breast cancer history"}
    assert client.get("/trail/?item=no_such_item").status_code == 400


def test_kinds_of_event_are_found_by_what_they_are_about(trial, subject, as_user):
    form = subject.forms.get(code="history")
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    raise_query(
        case_form=subject.forms.get(code="demography"), item="age", text="?", by=actor(trial.monitor, "monitor")
    )
    client = as_user(trial.data_manager)

    def whats(kind):
        trail = entries(client, f"kind={kind}")
        return {part["what"] for entry in trail for part in entry["parts"]}

    assert whats("form_locks") == {"Freeze or lock of the form"}
    assert whats("queries") == {"Query created", "Query step created"}
    assert "Subject created" in whats("subjects")
    assert {"User created", "Membership created"} <= whats("people")
    assert "Protocol version created" in whats("protocol")
    assert "Demography changed" in whats("data")
    assert client.get("/trail/?kind=nonsense").status_code == 400


def test_who_sees_sites_alone_is_offered_the_kinds_that_sites_have(trial, subject, as_user):
    offered = {code for code, _ in as_user(trial.coordinator).get("/trail/").context["filter"].fields["kind"].choices}
    assert {"data", "queries"} <= offered
    assert not {"people", "protocol"} & offered


def test_the_api_filters_as_the_page_does(trial, subject, as_user):
    client = as_user(trial.data_manager)
    events = client.get("/api/v1/trail/?kind=data&form_type=demography&item=age").json()["results"]
    assert [event["reason"] for event in events] == ["Data entry error", ""]
    assert client.get("/api/v1/trail/?kind=nonsense").status_code == 400


@pytest.mark.requirement("EMA 2023 audit trail review")
def test_the_export_of_a_site_is_of_its_own_and_sent_piece_by_piece(trial, subject, as_user, monkeypatch):
    monkeypatch.setattr("review.trail.file.CHUNK", 7)
    monkeypatch.setattr("audit.files.LINES_AT_ONCE", 7)
    other = trial.subject(trial.other_site)
    pieces = list(as_user(trial.coordinator).get("/trail.csv").streaming_content)
    lines = list(csv.DictReader(b"".join(pieces).decode("utf-8-sig").splitlines()))
    seen = {int(line["event"]) for line in lines}
    assert seen == set(Event.objects.filter(site_id=trial.site.pk).values_list("pk", flat=True))
    assert other.label not in {line["subject"] for line in lines}
    assert len(pieces) > 5


def test_the_page_of_the_seal_shows_the_last_blocks_and_gives_the_anchor(trial, subject, as_user):
    client = as_user(trial.monitor)
    assert client.get("/trail/seal/anchor.json").status_code == 404
    assert b"Nothing is sealed yet" in client.get("/trail/seal/").content
    seal_trail()
    anchor = client.get("/trail/seal/anchor.json").json()
    assert anchor["hash"][:32] in client.get("/trail/seal/").content.decode()
    assert AccessEvent.objects.get(kind="export").detail == f"anchor of the trail, block {anchor['block']}"
    blocks = client.get("/api/v1/seals/").json()["results"]
    assert (blocks[0]["number"], blocks[0]["hash"]) == (anchor["block"], anchor["hash"])
    assert blocks[0]["previous"] == blocks[1]["hash"] if len(blocks) > 1 else "0" * 64


def test_what_was_done_at_once_is_one_entry(trial, subject, as_user):
    form = subject.forms.get(code="tumour_baseline")
    trail = entries(as_user(trial.coordinator), f"form={form.pk}")
    assert len(trail) == 1
    assert [part["what"] for part in trail[0]["parts"]] == [
        "Case form created",
        "Tumour assessment at baseline created",
        "Lesion created",
        "Lesion result created",
    ]
    assert [row for row, _ in trail[0]["parts"][3]["lines"]] == ["T01", "T02", "NT01"]


@pytest.mark.requirement("EMA 2023 audit trail review")
def test_filters_by_who_role_site_subject_kind_channel_and_day(trial, subject, as_user):
    lock_form(case_form=subject.forms.get(code="history"), reason="clean", by=actor(trial.data_manager, "data_manager"))
    client = as_user(trial.data_manager)

    def who(address):
        return {entry["event"].actor_name for entry in entries(client, address)}

    assert who("who=dora&table=signature_closure") == {"dora"}
    assert who("role=coordinator") == {"carla"}
    assert who(f"site={trial.site.pk}&subject={subject.label}") == {"carla", "dora"}
    assert who("action=update&kind=form_locks&role=data_manager") == {"dora"}
    assert who("channel=api") == set()
    today, tomorrow = timezone.now().date(), timezone.now().date() + timedelta(1)
    assert who(f"since={today}&until={today}&who=dora&table=signature_closure") == {"dora"}
    assert who(f"since={tomorrow}") == set()


def test_who_sees_sites_alone_is_offered_the_kinds_of_record_that_sites_have(trial, subject, as_user):
    def kinds(user):
        return {table for table, _ in as_user(user).get("/trail/").context["filter"].fields["table"].choices}

    of_nobody_s_site = {"accounts_user", "cohorts_cohort", "cohorts_protocolversion"}
    assert of_nobody_s_site <= kinds(trial.auditor)
    assert not of_nobody_s_site & kinds(trial.coordinator)
    seen = {event.table_name for event in Event.objects.filter(site_id=trial.site.pk)}
    assert seen <= kinds(trial.coordinator)


def test_pages_go_on_where_the_last_one_ended(trial, subject, as_user):
    client = as_user(trial.data_manager)
    seen, address = [], "?"
    while address:
        page = client.get(f"/trail/{address}")
        seen += [change for entry in page.context["entries"] for change in entry["parts"]]
        address = page.context["older"]
    assert sum(len(part["lines"]) for part in seen) == Event.objects.count()


def test_the_page_takes_as_many_statements_whatever_it_shows(trial, as_user, statements):
    trial.treated_subject()
    client = as_user(trial.coordinator)
    few = statements(lambda: client.get("/trail/"))
    trial.treated_subject()
    assert statements(lambda: client.get("/trail/")) <= few
    assert few <= 13


@pytest.mark.requirement("21 CFR 11.10(b)", "ICH E6(R3) 4.2.2")
def test_the_export_holds_what_the_filter_finds_and_is_logged(trial, subject, as_user):
    form = subject.forms.get(code="demography")
    answer = as_user(trial.auditor).get(f"/trail.csv?form={form.pk}&item=age")
    lines = list(csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert [(line["label"], line["old"], line["new"], line["reason"]) for line in lines] == [
        ("Age at consent", "54", "55", "Data entry error"),
        ("Age at consent", "", "54", ""),
    ]
    assert {line["subject"] for line in lines} == {subject.label}
    logged = AccessEvent.objects.get(kind="export")
    assert (logged.actor_name, logged.path) == ("axel", "GET /trail.csv")
    assert f"form={form.pk}" in logged.detail


def test_an_export_cannot_smuggle_a_formula_into_a_spreadsheet(trial, subject, as_user):
    lock_form(case_form=subject.forms.get(code="history"), reason="=1+1", by=actor(trial.data_manager, "data_manager"))
    text = b"".join(as_user(trial.auditor).get("/trail.csv?who=dora").streaming_content).decode("utf-8-sig")
    assert ",'=1+1," in text


def test_the_first_and_the_last_day_that_there_are_may_be_asked_for(trial, subject, as_user):
    assert entries(as_user(trial.data_manager), "since=1900-01-01&until=2199-12-31")
    assert as_user(trial.auditor).get("/access-log/?since=1900-01-01&until=2199-12-31").status_code == 200


@pytest.mark.parametrize("address", ["", "form=", "form=0", "form=00", "form=-1", "form=x", "form=²", "form=1&since=x"])
def test_the_trail_of_one_record_is_no_door_to_the_whole(trial, subject, as_user, address):
    answer = as_user(trial.sponsor).get(f"/trail/?{address}")
    assert answer.status_code in (400, 403)
    form = subject.forms.get(code="demography")
    trail = entries(as_user(trial.sponsor), f"form={form.pk}")
    assert trail and {entry["event"].case_form_id for entry in trail} == {form.pk}


def test_the_sponsor_reads_what_changed_without_what_could_tell_who_the_subject_is(trial, subject, as_user):
    form = subject.forms.get(code="demography")
    trial.fill(
        subject,
        "demography",
        {"birth_date": "1954-06-07", "age": 55, "sex": "F", "race": "WHITE"},
        case_form=form,
        reason="Typed wrongly again",
    )

    def births(reader):
        trail = entries(as_user(reader), f"form={form.pk}&item=birth_date")
        return [(change.old, change.new) for entry in trail for change in changes_of(entry)]

    assert births(trial.monitor) == [("May 1953", "7 Jun 1954"), (None, "May 1953")]
    assert births(trial.sponsor) == [("1953", "1954"), (None, "1953")]
    page = as_user(trial.sponsor).get(f"/trail/?form={form.pk}").content.decode()
    assert not [birth for birth in ("1953-05", "May 1953", "1954-06-07", "7 Jun 1954") if birth in page]


def csv_lines(answer):
    return list(csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))


def test_a_lock_is_one_entry_with_its_number_of_forms_and_out_of_the_way_of_values(trial, subject, as_user):
    client, by = as_user(trial.data_manager), actor(trial.data_manager, "data_manager")
    number = subject.forms.count()
    before = [entry["event"].pk for entry in entries(client, "action=update&kind=data")]
    lines_before = len(csv_lines(client.get("/trail.csv")))
    shut(reach=Reach(subject.site), state=ClosureState.LOCKED, reason="clean", by=by)
    reopen(reach=Reach(subject.site), state=ClosureState.LOCKED, reason="a late report", by=by)
    assert Event.objects.filter(table_name="assessments_caseform", new__has_key="locked_at").count() >= 2 * number
    opened, locked = entries(client, "kind=locks")
    assert [part["what"] for part in locked["parts"]] == [f"Freeze or lock created: {number} forms"]
    assert [part["what"] for part in opened["parts"]] == [f"Freeze or lock changed: {number} forms"]
    assert [entry["event"].pk for entry in entries(client, "action=update&kind=data")] == before
    assert [entry["event"].reason for entry in entries(client, "")[:2]] == ["a late report", "clean"]
    lines = csv_lines(client.get("/trail.csv"))
    of_acts = [line for line in lines if line["what"].startswith("Freeze or lock")]
    assert {line["what"].partition(": ")[2] for line in of_acts} == {f"{number} forms"}
    assert len({line["event"] for line in of_acts}) == 2
    assert len(lines) - lines_before == len(of_acts)
    of_api = client.get("/api/v1/trail/?kind=locks").json()["results"]
    assert [event["forms"] for event in of_api] == [number, number]
    assert not [
        event
        for event in client.get("/api/v1/trail/?action=update").json()["results"]
        if "locked_at" in (event["new"] or {})
    ]


def test_the_mark_of_a_lock_stands_in_the_trail_of_its_form_and_where_it_is_asked_for(trial, subject, as_user):
    client = as_user(trial.data_manager)
    form = subject.forms.get(code="demography")
    by = actor(trial.data_manager, "data_manager")
    shut(reach=Reach(subject.site, subject), state=ClosureState.FROZEN, reason="clean", by=by)
    for address in (f"form={form.pk}", "kind=form_locks", "item=frozen_at"):
        entry = entries(client, address)[0]
        assert entry["event"].reason == "clean"
        assert [part["what"] for part in entry["parts"]] == ["Freeze or lock of the form"]


def test_the_number_of_forms_costs_one_statement_however_many_acts(trial, subject, as_user, statements):
    client, by = as_user(trial.data_manager), actor(trial.data_manager, "data_manager")
    forms = list(subject.forms.all())
    lock_form(case_form=forms[0], reason="clean", by=by)
    few = statements(lambda: client.get("/trail/?kind=locks"))
    for form in forms[1:]:
        lock_form(case_form=form, reason="clean", by=by)
    assert statements(lambda: client.get("/trail/?kind=locks")) <= few


def test_a_number_is_written_as_its_form_writes_it(trial, subject):
    """The column has one decimal, and a page none that add nothing."""
    signs = {"vital_signs_date": "2008-01-02", "height_cm": "165.5"}
    visit = add_visit(subject=subject, on=date(2008, 1, 2), by=trial.by)
    form = trial.fill(subject, "vital_signs", signs | {"weight_kg": "71"}, visit=visit.code, complete=False)
    form.refresh_from_db()
    trial.fill(subject, "vital_signs", signs | {"weight_kg": "72"}, case_form=form, visit=visit.code, complete=False)
    changed = Event.objects.filter(table_name="assessments_vitalsigns", action="update").latest("id")
    assert [(change.old, change.new) for change in changes(changed)] == [("71", "72")]
