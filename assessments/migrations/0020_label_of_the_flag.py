from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0019_entered_in_error")]

    operations = [
        migrations.AlterField(
            model_name="laboratoryresult",
            name="flag",
            field=models.CharField(
                blank=True,
                choices=[("LOW", "Low"), ("NORMAL", "Normal"), ("HIGH", "High")],
                default="",
                max_length=6,
                verbose_name="Flag",
            ),
        ),
    ]
