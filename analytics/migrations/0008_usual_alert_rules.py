"""The rules that an installation begins with; they are changed, turned off and deleted at will."""

from django.db import migrations

# name, kind, limit, well again at, at least, bad checks, good checks
RULES = (
    ("Few texts arrive", "delivery", 85, 90, 200, 3, 5),
    ("Fewer texts arrive than before", "drop", 10, 5, 500, 3, 5),
    ("Many people opt out", "opt_outs", 3, 2, 500, 3, 5),
    ("The month's money runs out", "spend", 80, 79, 1, 1, 1),
    ("Texts are due and none leaves", "backlog", 15, 2, 1, 2, 3),
    ("AWS says nothing of our texts", "silent", 30, 5, 20, 2, 2),
    ("Reading from AWS fails", "sync", 60, 0, 1, 1, 1),
)


def add(apps, schema_editor):
    AlertRule = apps.get_model("analytics", "AlertRule")
    for name, kind, threshold, recovery, least, bad, good in RULES:
        AlertRule.objects.get_or_create(
            name=name,
            defaults={
                "kind": kind,
                "threshold": threshold,
                "recovery": recovery,
                "least": least,
                "bad_checks": bad,
                "good_checks": good,
            },
        )


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0007_alerts'),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
