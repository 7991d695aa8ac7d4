"""Each program gets the id that its event stream has named so far."""

from django.conf import settings
from django.db import migrations, models

import pinpoint.ids
from pinpoint.v1_stream import application_id


def name_programs(apps, schema_editor):
    for program in apps.get_model("compliance", "Program").objects.all():
        program.application_id = application_id(f"{settings.SITE_ID_IN_CONTEXT}:{program.pk}")
        program.save(update_fields=["application_id"])


class Migration(migrations.Migration):
    dependencies = [("compliance", "0019_ten_dlc_campaigns")]

    operations = [
        migrations.AddField(
            "program", "application_id", models.CharField(max_length=32, null=True)
        ),
        migrations.RunPython(name_programs, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "program",
            "application_id",
            models.CharField(
                default=pinpoint.ids.new_id,
                editable=False,
                max_length=32,
                unique=True,
                verbose_name="application ID",
            ),
        ),
    ]
