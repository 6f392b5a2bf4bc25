"""Which tables are of the record, and what holds for all of them; model by model see test_every_model."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

# The trail itself; what is derived from the record and can be derived again; who has a form open, which saves arrived;
# the terms of a dictionary, whose loading is in the trail; digests by which an import tells what it has read before;
# what strangers tried, until the access log tells of it; where somebody is signed in, of which that log tells too; when
# the worker and the clock were last at work.
NOT_THE_RECORD = {
    "audit_event",
    "audit_accessevent",
    "audit_seal",
    "audit_stranger",
    "endpoints_earlieroutcome",
    "endpoints_estimate",
    "endpoints_mark",
    "endpoints_outcome",
    "assessments_openform",
    "assessments_savereceipt",
    "receipts_receipt",
    "terminology_lowestterm",
    "sdtm_source",
    "accounts_session",
    "accounts_signin",
    "trialsite_heartbeat",
}
# So that a row without a value gets as far as the trail's trigger: what else would refuse it is taken away.
ANYTHING_GOES = """
    DO $$ DECLARE found record; BEGIN
        FOR found IN SELECT conrelid::regclass AS at, conname FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'u', 'x', 'p')
            ORDER BY contype <> 'f' LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', found.at, found.conname);
        END LOOP;
        FOR found IN SELECT attrelid::regclass AS at, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND attnotnull
                AND NOT attisdropped AND attidentity = '' LOOP
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', found.at, found.attname);
        END LOOP;
    END $$
"""


def record_tables():
    """{table: column of its key} of every model of this project that holds records."""
    ours = {name for name in settings.INSTALLED_APPS if "." not in name}
    models = [model for model in apps.get_models() if model._meta.app_config.name in ours]
    return {
        model._meta.db_table: model._meta.pk.column for model in models if model._meta.db_table not in NOT_THE_RECORD
    }


@pytest.mark.django_db
def test_tables_of_libraries_that_are_of_the_record_are_under_the_trail():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'trail' AND tgrelid = 'mfa_authenticator'::regclass"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_the_application_empties_no_table_of_the_record():
    with connection.cursor() as cursor:
        for table in record_tables():
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'TRUNCATE')", [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.django_db
def test_no_model_of_the_record_is_saved_from_the_shell_with_nobody_behind_it():
    from django.db import DatabaseError, transaction

    from accounts.models import Site
    from laboratory.models import ReferenceRange

    for model in (Site, ReferenceRange):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.create()
    with pytest.raises(DatabaseError, match="needs an actor"), transaction.atomic():
        Site.objects.bulk_create([Site(code="1", name="A")])
    assert Site.objects.count() == 0
