"""A user's receipts, which hold what they were answered, are shown to a session of theirs alone, and to the system's."""

from django.db import migrations

OWN = """
ALTER TABLE receipts_receipt ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON receipts_receipt USING (user_id = currval('edc.actor') OR currval('edc.actor') = -1);
"""
ALL = "DROP POLICY own ON receipts_receipt; ALTER TABLE receipts_receipt DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("receipts", "0001_receipts"), ("audit", "0018_who_is_here")]
    operations = [migrations.RunSQL(OWN, ALL)]
