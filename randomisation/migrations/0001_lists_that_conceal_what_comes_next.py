"""Lists of allocations, of which nobody reads what comes next (docs/decisions/0043).

edc.place is the owner's: no role of the application has any right on it. A line goes in by edc.conceal, for who may
import lists, and comes out by edc.give_next alone, one a subject, which writes it down in the same statement.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from audit.operations import Shut, SiteIsolation, Trail

PLACES = """
CREATE TABLE edc.place (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    list_id bigint NOT NULL REFERENCES randomisation_allocationlist (id),
    number text NOT NULL UNIQUE,
    stratum text NOT NULL,
    cohort_code text NOT NULL);
CREATE INDEX place_of_stratum ON edc.place (stratum, id);

-- The lines of a list that was just made, in the order of the file: [{"number", "stratum", "cohort"}].
CREATE FUNCTION edc.conceal(list bigint, lines jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT edc.may('import_randomisation_list') THEN
        RAISE EXCEPTION 'to import a list takes a right that this user does not have'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT FROM edc.place WHERE list_id = list) THEN
        RAISE EXCEPTION 'this list has its lines' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO edc.place (list_id, number, stratum, cohort_code)
        SELECT list, line ->> 'number', line ->> 'stratum', line ->> 'cohort'
        FROM jsonb_array_elements(lines) WITH ORDINALITY AS lines(line, at) ORDER BY at;
    RETURN (SELECT count(*) FROM edc.place WHERE list_id = list);
END $$;

-- Which of these numbers an earlier list has.
CREATE FUNCTION edc.numbers_taken(asked text[]) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(number), '{}') FROM edc.place
    WHERE number = ANY (asked) AND edc.may('import_randomisation_list')
$$;

-- By stratum, how many numbers the lists have and how many were given; of which group they are nobody is told.
CREATE FUNCTION edc.strata() RETURNS TABLE (stratum text, numbers bigint, given bigint) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.stratum, count(*), count(a.id)
    FROM edc.place p LEFT JOIN randomisation_allocation a ON a.place = p.id
    WHERE edc.may('import_randomisation_list', 'approve_enrolment') GROUP BY p.stratum ORDER BY min(p.id)
$$;

-- Whether any list gives the cohort, now or earlier: nobody ever chooses it then.
CREATE FUNCTION edc.is_given_by_list(code text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM edc.place WHERE cohort_code = code) AND currval('edc.roles') <> 0
$$;

CREATE FUNCTION edc.sees_lists() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT edc.may('import_randomisation_list', 'view_access_log')
$$;

-- The next number of the stratum, for a subject of a site of the session's who waits to be randomised; no row where none
-- is left. One at a time: whoever comes meanwhile waits for the end of this transaction, and sees what it gave.
CREATE FUNCTION edc.give_next(asked bigint, of_stratum text) RETURNS TABLE (given_number text, given_cohort bigint)
LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    next edc.place%ROWTYPE;
    cohort bigint;
BEGIN
    IF NOT edc.may('approve_enrolment') OR NOT EXISTS (
            SELECT FROM cohorts_subject s WHERE s.id = asked AND (currval('edc.scope') = 1
                OR s.site_id = ANY ((SELECT sites FROM edc.scopes WHERE id = currval('edc.scope'))::bigint[]))) THEN
        RAISE EXCEPTION 'to randomise takes a right that this user does not have'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM cohorts_enrolment e
            WHERE e.subject_id = asked AND e.status = 'requested' AND e.cohort_id IS NULL) THEN
        RAISE EXCEPTION 'this subject does not wait to be randomised' USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOCK TABLE edc.place IN SHARE ROW EXCLUSIVE MODE;
    SELECT p.* INTO next FROM edc.place p
        WHERE p.stratum = of_stratum AND NOT EXISTS (SELECT FROM randomisation_allocation a WHERE a.place = p.id)
        ORDER BY p.id LIMIT 1;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT c.id INTO STRICT cohort FROM cohorts_cohort c WHERE c.code = next.cohort_code;
    INSERT INTO randomisation_allocation (subject_id, cohort_id, place, number, stratum)
        VALUES (asked, cohort, next.id, next.number, next.stratum);
    RETURN QUERY SELECT next.number, cohort;
END $$;

-- A subject is in the group that the list gave, and in such a group by the list alone.
CREATE FUNCTION edc.by_the_list() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    given bigint := (SELECT a.cohort_id FROM randomisation_allocation a WHERE a.subject_id = NEW.subject_id);
BEGIN
    IF given IS NOT NULL AND NEW.cohort_id IS DISTINCT FROM given
            OR given IS NULL AND EXISTS (SELECT FROM edc.place p JOIN cohorts_cohort c ON c.code = p.cohort_code
                WHERE c.id = NEW.cohort_id) THEN
        RAISE EXCEPTION 'the group of a randomised subject is the one that the list gave'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_the_list BEFORE INSERT OR UPDATE ON cohorts_enrolment
    FOR EACH ROW EXECUTE FUNCTION edc.by_the_list();
ALTER TABLE cohorts_enrolment ENABLE ALWAYS TRIGGER by_the_list;

ALTER TABLE randomisation_allocationlist ENABLE ROW LEVEL SECURITY;
CREATE POLICY who_imports ON randomisation_allocationlist USING ((SELECT edc.sees_lists()));
"""
NO_PLACES = """
DROP POLICY who_imports ON randomisation_allocationlist;
ALTER TABLE randomisation_allocationlist DISABLE ROW LEVEL SECURITY;
DROP TRIGGER by_the_list ON cohorts_enrolment;
DROP FUNCTION edc.by_the_list(), edc.give_next(bigint, text), edc.is_given_by_list(text), edc.strata(),
    edc.numbers_taken(text[]), edc.conceal(bigint, jsonb), edc.sees_lists();
DROP TABLE edc.place;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("audit", "0022_what_a_right_lets_write"),
        ("cohorts", "0009_groups_that_a_list_gives"),
        ("signature", "0006_shut_by_who_may"),
    ]
    operations = [
        migrations.CreateModel(
            name="AllocationList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("numbers", models.PositiveIntegerField()),
                (
                    "imported_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("imported_by", models.CharField(max_length=150)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.BigIntegerField(unique=True)),
                ("number", models.CharField(max_length=20)),
                ("stratum", models.CharField(blank=True, max_length=300)),
                (
                    "given_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.cohort"
                    ),
                ),
                (
                    "subject",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocation", to="cohorts.subject"
                    ),
                ),
            ],
        ),
        Trail("randomisation_allocationlist", leave_out=("sha256",)),
        Trail("randomisation_allocation"),
        Shut("randomisation_allocation", by="enrolment"),
        SiteIsolation("randomisation_allocation", by="subject_id"),
        migrations.RunSQL(PLACES, NO_PLACES),
    ]
