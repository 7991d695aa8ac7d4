"""Blocks hold 2,000 ids instead of 5,000: all are counted anew, hour by hour, by the next rollup."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0009_report_choices'),
    ]

    operations = [
        migrations.RunSQL(
            "TRUNCATE analytics_blockfact; DELETE FROM analytics_rollupmark",
            migrations.RunSQL.noop,
        ),
    ]
