from django.db import migrations, models
from django.db.models import Exists, OuterRef


def mark(apps, _schema_editor):
    """Keys for which programs were chosen name those only."""
    keys = apps.get_model("config", "AccessKey").objects.all()
    chosen = apps.get_model("config", "AccessKey").programs.through.objects
    keys.filter(Exists(chosen.filter(accesskey=OuterRef("pk")))).update(limited=True)


class Migration(migrations.Migration):
    dependencies = [("config", "0009_endpoint_job_pages")]

    operations = [
        migrations.AddField(
            model_name="accesskey",
            name="limited",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="names its programs only"
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
