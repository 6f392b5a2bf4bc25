import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_password_link_history'),
        ('review', '0003_check_runs'),
        ('audit', '0002_record'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TrailReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('filter', models.TextField(blank=True)),
                ('due_on', models.DateField(verbose_name='due on')),
                ('planned_at', models.DateTimeField(auto_now_add=True)),
                ('planned_by', models.CharField(max_length=150)),
                ('conclusion', models.TextField(blank=True)),
                ('seen_to', models.BigIntegerField(blank=True, null=True, verbose_name='signed off up to entry')),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_by', models.CharField(blank=True, max_length=150)),
                ('signed_name', models.CharField(blank=True, max_length=300, verbose_name='printed name')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('of_site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.site')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trail_reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'review of the trail',
                'verbose_name_plural': 'reviews of the trail',
                'ordering': ('due_on', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.BigIntegerField(verbose_name='entry of the trail')),
                ('text', models.TextField(verbose_name='what was found')),
                ('noted_at', models.DateTimeField(auto_now_add=True)),
                ('noted_by', models.CharField(max_length=150)),
                ('query', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.query')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='trail_reviews.trailreview')),
            ],
            options={
                'verbose_name': 'finding in the trail',
                'verbose_name_plural': 'findings in the trail',
                'ordering': ('id',),
            },
        ),
        migrations.AddConstraint(
            model_name='trailreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('conclusion', ''), ('digest', ''), ('seen_to', None), ('signed_at', None), ('signed_by', ''), ('signed_name', '')), models.Q(('seen_to__isnull', False), ('signed_at__isnull', False), models.Q(('signed_by', ''), _negated=True), models.Q(('conclusion', ''), _negated=True)), _connector='OR'), name='trail_review_signed_as_a_whole'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='finding_says_something'),
        ),
        Trail('trail_reviews_trailreview'),
        Trail('trail_reviews_finding'),
    ]
