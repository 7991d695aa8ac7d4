"""What Amazon Pinpoint's programs call each campaign."""

from django.db import migrations, models

import pinpoint.ids


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0031_account_lists")]

    operations = [
        migrations.AddField("campaign", "pinpoint_id", models.CharField(max_length=32, null=True)),
        migrations.RunSQL(
            "UPDATE campaigns_campaign SET pinpoint_id = replace(gen_random_uuid()::text, '-', '')",
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.AlterField(
            "campaign",
            "pinpoint_id",
            models.CharField(
                default=pinpoint.ids.new_id, editable=False, max_length=32, unique=True
            ),
        ),
        migrations.AlterModelOptions(
            "message",
            {
                "default_permissions": ("view",),
                "permissions": [("send_message", "Can send single texts")],
            },
        ),
    ]
