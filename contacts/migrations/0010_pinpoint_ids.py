"""What Amazon Pinpoint's programs call each segment."""

from django.db import migrations, models

import pinpoint.ids


class Migration(migrations.Migration):
    dependencies = [("contacts", "0009_uncommon_lines")]

    operations = [
        migrations.AddField("segment", "pinpoint_id", models.CharField(max_length=32, null=True)),
        migrations.RunSQL(
            "UPDATE contacts_segment SET pinpoint_id = replace(gen_random_uuid()::text, '-', '')",
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.AlterField(
            "segment",
            "pinpoint_id",
            models.CharField(
                default=pinpoint.ids.new_id, editable=False, max_length=32, unique=True
            ),
        ),
    ]
