from django.db import migrations

# In the database, so that raw SQL and shells cannot do it either: what past entries name stays what it was.
KEEP = """
CREATE FUNCTION accounts_refuse_delete() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are ended, never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION accounts_refuse_rename() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'a user name is never changed, so that it is never given out twice'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER never_deleted BEFORE DELETE ON accounts_user FOR EACH ROW EXECUTE FUNCTION accounts_refuse_delete();
CREATE TRIGGER never_deleted BEFORE DELETE ON accounts_site FOR EACH ROW EXECUTE FUNCTION accounts_refuse_delete();
CREATE TRIGGER never_deleted BEFORE DELETE ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_delete();
CREATE TRIGGER never_renamed BEFORE UPDATE OF username ON accounts_user
    FOR EACH ROW WHEN (OLD.username IS DISTINCT FROM NEW.username) EXECUTE FUNCTION accounts_refuse_rename();
"""

LET_GO = """
DROP TRIGGER never_renamed ON accounts_user;
DROP TRIGGER never_deleted ON accounts_membership;
DROP TRIGGER never_deleted ON accounts_site;
DROP TRIGGER never_deleted ON accounts_user;
DROP FUNCTION accounts_refuse_rename();
DROP FUNCTION accounts_refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_users_sites_memberships")]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
