"""The functions behind audit.operations.Shut, and each clinical table under them.

`signature_closure` is the one truth of what is shut. Its triggers stamp the headers of the forms within, so that a write
to a form costs one look-up by key, and nobody sets or takes a stamp otherwise. Closing waits for the writes under way
(each holds a shared advisory lock until its transaction ends), so that none slips in behind it.
"""

from django.db import migrations

from audit.operations import Shut, Trail

# The advisory lock is one for the whole trial: a write takes it shared, once a transaction; closing and opening alone.
FUNCTIONS = """
CREATE FUNCTION signature_place(scope text, site bigint, subject bigint, visit bigint, form bigint) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT CASE scope WHEN 'form' THEN 'form:' || form WHEN 'visit' THEN 'visit:' || visit
        WHEN 'subject' THEN 'subject:' || subject WHEN 'site' THEN 'site:' || site WHEN 'trial' THEN 'trial' END
$$;

CREATE FUNCTION signature_say(what text, state text, who text, since timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'The % was % on %.', what, state || CASE WHEN who = '' THEN '' ELSE ' by ' || who END,
        to_char(since AT TIME ZONE 'UTC', 'FMDD Mon YYYY') USING ERRCODE = '23000', CONSTRAINT = 'shut';
END $$;

CREATE FUNCTION signature_require_open(places text[], states text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    hit signature_closure%ROWTYPE;
BEGIN
    SELECT * INTO hit FROM signature_closure
        WHERE reopened_at IS NULL AND place = ANY(places) AND signature_closure.state = ANY(states)
        ORDER BY signature_closure.state DESC, id LIMIT 1;
    IF FOUND THEN
        PERFORM signature_say(hit.scope, hit.state, hit.closed_by, hit.closed_at);
    END IF;
END $$;

CREATE FUNCTION signature_require_open_form(forms bigint[], locked_alone boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    hit record;
BEGIN
    SELECT locked_at, locked_by, frozen_at INTO hit FROM assessments_caseform
        WHERE id = ANY(forms) AND (locked_at IS NOT NULL OR (frozen_at IS NOT NULL AND NOT locked_alone))
        ORDER BY locked_at LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    ELSIF hit.locked_at IS NOT NULL THEN
        PERFORM signature_say('form', 'locked', hit.locked_by, hit.locked_at);
    ELSE
        PERFORM signature_say('form', 'frozen', '', hit.frozen_at);
    END IF;
END $$;

CREATE FUNCTION signature_refuse() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rule text := TG_ARGV[0];
    stamps text[] := '{locked_at,locked_by,frozen_at}';
    any_state text[] := '{frozen,locked}';
    asked record;
    site bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(4265156001);
    IF rule IN ('form', 'locked') THEN
        PERFORM signature_require_open_form(ARRAY[OLD.case_form_id, NEW.case_form_id], rule = 'locked');
    ELSIF rule = 'header' THEN
        IF TG_OP = 'INSERT' THEN
            SELECT site_id INTO site FROM cohorts_subject WHERE id = NEW.subject_id;
            PERFORM signature_require_open(
                ARRAY['trial', 'site:' || site, 'subject:' || NEW.subject_id, 'visit:' || NEW.visit_id], any_state);
        END IF;
        IF pg_trigger_depth() < 2 AND (coalesce(NEW.locked_at, OLD.locked_at) IS NOT NULL
                OR coalesce(NEW.frozen_at, OLD.frozen_at) IS NOT NULL) THEN
            IF TG_OP = 'UPDATE' AND OLD.locked_at IS NULL AND OLD.frozen_at IS NULL OR TG_OP = 'INSERT' THEN
                RAISE EXCEPTION 'A form is frozen or locked by its closure alone.'
                    USING ERRCODE = '23000', CONSTRAINT = 'shut';
            ELSIF TG_OP = 'DELETE' OR to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW) THEN
                PERFORM signature_say('form', CASE WHEN OLD.locked_at IS NULL THEN 'frozen' ELSE 'locked' END,
                    OLD.locked_by, coalesce(OLD.locked_at, OLD.frozen_at));
            END IF;
        ELSIF pg_trigger_depth() > 1 AND TG_OP = 'UPDATE'
                AND to_jsonb(OLD) - stamps IS DISTINCT FROM to_jsonb(NEW) - stamps THEN
            RAISE EXCEPTION 'A closure stamps a form and changes nothing else.' USING ERRCODE = '23000';
        END IF;
    ELSIF rule = 'visit' THEN
        SELECT site_id INTO site FROM cohorts_subject WHERE id = coalesce(NEW.subject_id, OLD.subject_id);
        PERFORM signature_require_open(ARRAY['trial', 'site:' || site, 'subject:' || OLD.subject_id,
            'subject:' || NEW.subject_id, 'visit:' || OLD.id], any_state);
    ELSIF rule = 'subject' THEN
        PERFORM signature_require_open(
            ARRAY['trial', 'site:' || OLD.site_id, 'site:' || NEW.site_id, 'subject:' || OLD.id], any_state);
    ELSIF rule = 'enrolment' THEN
        SELECT site_id INTO site FROM cohorts_subject WHERE id = coalesce(NEW.subject_id, OLD.subject_id);
        PERFORM signature_require_open(ARRAY['trial', 'site:' || site, 'subject:' || OLD.subject_id,
            'subject:' || NEW.subject_id], any_state);
    ELSE
        IF rule = 'query' THEN
            asked := coalesce(NEW, OLD);
        ELSE
            SELECT * INTO asked FROM review_query WHERE id = coalesce(NEW.query_id, OLD.query_id);
        END IF;
        IF asked.case_form_id IS NOT NULL THEN
            PERFORM signature_require_open_form(ARRAY[asked.case_form_id], true);
        ELSE
            SELECT site_id INTO site FROM cohorts_subject WHERE id = asked.subject_id;
            PERFORM signature_require_open(
                ARRAY['trial', 'site:' || site, 'subject:' || asked.subject_id], '{locked}');
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION signature_closing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4265156001);
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    NEW.place := coalesce(
        signature_place(NEW.scope, NEW.site_id, NEW.subject_id, NEW.visit_id, NEW.case_form_id), '');
    RETURN NEW;
END $$;

CREATE FUNCTION signature_stamp() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    at signature_closure%ROWTYPE := coalesce(NEW, OLD);
    forms bigint[];
BEGIN
    forms := CASE at.scope
        WHEN 'form' THEN ARRAY[at.case_form_id]
        WHEN 'visit' THEN ARRAY(SELECT id FROM assessments_caseform WHERE visit_id = at.visit_id)
        WHEN 'subject' THEN ARRAY(SELECT id FROM assessments_caseform WHERE subject_id = at.subject_id)
        WHEN 'site' THEN ARRAY(SELECT f.id FROM assessments_caseform f JOIN cohorts_subject s ON s.id = f.subject_id
                               WHERE s.site_id = at.site_id)
        WHEN 'trial' THEN ARRAY(SELECT id FROM assessments_caseform)
    END;
    UPDATE assessments_caseform f
        SET locked_at = live.locked_at, locked_by = coalesce(live.locked_by, ''), frozen_at = live.frozen_at
        FROM assessments_caseform own JOIN cohorts_subject s ON s.id = own.subject_id
        LEFT JOIN LATERAL (
            SELECT min(c.closed_at) FILTER (WHERE c.state = 'locked') AS locked_at,
                (array_agg(c.closed_by ORDER BY c.closed_at, c.id) FILTER (WHERE c.state = 'locked'))[1] AS locked_by,
                min(c.closed_at) FILTER (WHERE c.state = 'frozen') AS frozen_at
            FROM signature_closure c
            WHERE c.reopened_at IS NULL AND c.place = ANY(ARRAY['trial', 'site:' || s.site_id,
                'subject:' || own.subject_id, 'visit:' || own.visit_id, 'form:' || own.id])
        ) live ON true
        WHERE f.id = own.id AND own.id = ANY(forms)
            AND (f.locked_at, f.locked_by, f.frozen_at)
                IS DISTINCT FROM (live.locked_at, coalesce(live.locked_by, ''), live.frozen_at);
    RETURN NULL;
END $$;

CREATE TRIGGER closing BEFORE INSERT OR UPDATE OR DELETE ON signature_closure
    FOR EACH ROW EXECUTE FUNCTION signature_closing();
ALTER TABLE signature_closure ENABLE ALWAYS TRIGGER closing;
CREATE TRIGGER stamp AFTER INSERT OR UPDATE OR DELETE ON signature_closure
    FOR EACH ROW EXECUTE FUNCTION signature_stamp();
ALTER TABLE signature_closure ENABLE ALWAYS TRIGGER stamp;
"""
UNDO = """
DROP TRIGGER stamp ON signature_closure; DROP TRIGGER closing ON signature_closure;
DROP FUNCTION signature_stamp(); DROP FUNCTION signature_closing(); DROP FUNCTION signature_refuse();
DROP FUNCTION signature_require_open_form(bigint[], boolean); DROP FUNCTION signature_require_open(text[], text[]);
DROP FUNCTION signature_say(text, text, text, timestamptz);
DROP FUNCTION signature_place(text, bigint, bigint, bigint, bigint);
"""
# What was locked before closures were kept stays locked.
CARRIED = """
SELECT set_config('edc.actor_name', 'system', true), set_config('edc.role', 'system', true),
    set_config('edc.channel', 'system', true), set_config('edc.reason', 'locks kept as closures', true);
INSERT INTO signature_closure (scope, state, site_id, subject_id, visit_id, case_form_id, place, closed_at, closed_by,
                               reason, overridden, reopened_by, reopened_for)
SELECT 'form', one.state, s.site_id, f.subject_id, f.visit_id, f.id, '', one.since, one.who,
    'Shut before freezes and locks were kept by place.', '', '', ''
FROM assessments_caseform f JOIN cohorts_subject s ON s.id = f.subject_id
CROSS JOIN LATERAL (VALUES ('locked', f.locked_at, f.locked_by), ('frozen', f.frozen_at, 'system'))
    AS one (state, since, who)
WHERE one.since IS NOT NULL;
"""
OF_FORMS = """
    itemabsence drugdispensing drugdispensingrow everolimusrecord everolimusinterval exposurerecord exposureinterval
    infusionvisit consent demography breastcancerhistory priortherapy eligibility vitalsigns ecg lvef pregnancytest
    haematology chemistry laboratoryresult concomitantmedication protocoldeviation newanticancertherapy medicalhistory
    medicalhistoryrow endoftreatment followup death adverseevent dltevaluation tumourbaseline tumourassessment lesion
    lesionresult
"""


class Migration(migrations.Migration):
    dependencies = [
        ("signature", "0001_closures_and_signatures"),
        ("audit", "0002_record"),
        ("review", "0004_queries_assigned_and_kept_filters"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, UNDO),
        Trail("signature_closure"),
        Trail("signature_signature"),
        migrations.RunSQL(CARRIED, migrations.RunSQL.noop),
        *(Shut(f"assessments_{name}") for name in OF_FORMS.split()),
        Shut("assessments_caseform", by="header"),
        Shut("cohorts_visit", by="visit"),
        Shut("cohorts_subject", by="subject"),
        Shut("cohorts_enrolment", by="enrolment"),
        Shut("review_query", by="query"),
        Shut("review_querystep", by="step"),
        Shut("signature_signature", by="locked"),
    ]
