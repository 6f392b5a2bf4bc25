from django.db import migrations

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("audit", "0002_record")]
    operations = [Trail("review_query"), Trail("review_querystep")]
