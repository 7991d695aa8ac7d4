"""Find the history of one object among millions of audit rows: its page asks for it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('config', '0005_endpoint_jobs'),
        ('admin', '0003_logentry_add_action_flag_choices'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX audit_object ON django_admin_log (content_type_id, object_id, id DESC)",
            "DROP INDEX audit_object",
        ),
    ]
