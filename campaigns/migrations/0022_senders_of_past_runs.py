from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("campaigns", "0021_frozen_senders"),
    ]

    operations = [
        # What the runs so far went as is what their campaigns say.
        migrations.RunSQL(
            """
            UPDATE campaigns_run run
            SET program_id = campaign.program_id, originator_id = campaign.originator_id,
                message_class = campaign.message_class
            FROM campaigns_campaign campaign WHERE campaign.id = run.campaign_id
            """,
            migrations.RunSQL.noop,
        ),
    ]
