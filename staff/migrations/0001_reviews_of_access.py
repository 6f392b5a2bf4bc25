"""Reviews of access, under the trail; what is signed takes no write any more, whatever the channel."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.operations import Trail

CLOSE = """
CREATE FUNCTION staff_refuse_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_TABLE_NAME = 'staff_accessreview' THEN
        IF OLD.signed_at IS NULL THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF;
    ELSIF NOT EXISTS (
        SELECT FROM staff_accessreview r WHERE r.signed_at IS NOT NULL AND r.id IN (
            CASE TG_OP WHEN 'INSERT' THEN NEW.review_id ELSE OLD.review_id END,
            CASE TG_OP WHEN 'DELETE' THEN OLD.review_id ELSE NEW.review_id END
        )
    ) THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'a signed review of access stays as it is' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER signed BEFORE UPDATE OR DELETE ON staff_accessreview
    FOR EACH ROW EXECUTE FUNCTION staff_refuse_signed();
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON staff_accessline
    FOR EACH ROW EXECUTE FUNCTION staff_refuse_signed();
ALTER TABLE staff_accessreview ENABLE ALWAYS TRIGGER signed;
ALTER TABLE staff_accessline ENABLE ALWAYS TRIGGER signed;
"""
OPEN = """
DROP TRIGGER signed ON staff_accessline;
DROP TRIGGER signed ON staff_accessreview;
DROP FUNCTION staff_refuse_signed();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0006_token_reminders'),
        ('audit', '0002_record'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(unique=True, verbose_name='due on')),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'verbose_name': 'reminder of a review of access',
                'verbose_name_plural': 'reminders of reviews of access',
            },
        ),
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('opened_by', models.CharField(max_length=150)),
                ('conclusion', models.TextField(blank=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_by', models.CharField(blank=True, max_length=150)),
                ('signed_name', models.CharField(blank=True, max_length=300, verbose_name='printed name')),
                ('digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'review of access',
                'verbose_name_plural': 'reviews of access',
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('signed_at', None)), fields=('signed_at',), name='one_review_of_access_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('conclusion', ''), ('digest', ''), ('signed_at', None), ('signed_by', ''), ('signed_name', '')), models.Q(('signed_at__isnull', False), models.Q(('signed_by', ''), _negated=True), models.Q(('conclusion', ''), _negated=True), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='access_review_signed_as_a_whole')],
            },
        ),
        migrations.CreateModel(
            name='AccessLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=80, verbose_name='user name')),
                ('name', models.CharField(max_length=300)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('site_code', models.CharField(blank=True, max_length=10, verbose_name='site')),
                ('granted_at', models.DateTimeField(blank=True, null=True, verbose_name='since')),
                ('is_active', models.BooleanField(verbose_name='may sign in')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last sign-in')),
                ('active_at', models.DateTimeField(blank=True, null=True, verbose_name='last active')),
                ('has_factor', models.BooleanField(verbose_name='second factor')),
                ('trained_on', models.DateField(blank=True, null=True, verbose_name='last training')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='statement signed')),
                ('token', models.CharField(blank=True, max_length=200, verbose_name='API token')),
                ('decision', models.CharField(blank=True, choices=[('kept', 'Confirmed'), ('ended', 'Role ended'), ('suspended', 'Account suspended')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='staff.accessreview')),
            ],
            options={
                'verbose_name': 'line of a review of access',
                'verbose_name_plural': 'lines of reviews of access',
                'ordering': ('username', 'role', 'site_code', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', ''), ('decision', ''), ('reason', '')), models.Q(('decided_at__isnull', False), ('decision', 'kept')), models.Q(('decided_at__isnull', False), ('decision__in', ['ended', 'suspended']), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='access_line_decided_as_a_whole')],
            },
        ),
        *(Trail(f"staff_{name}") for name in ("accessreview", "accessline", "reviewreminder")),
        migrations.RunSQL(CLOSE, OPEN),
    ]
