"""What the database need not keep: it made an import of a million people a third slower."""

import django.db.models.deletion
from django.db import migrations, models

# Django gives each unique or indexed text column a second index, for LIKE 'prefix%'. Nobody asks
# so for a part of a hash.
DROP = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND indexname LIKE '%\\_like'
            AND tablename IN ('compliance_subject', 'compliance_ledgerentry', 'compliance_suppression')
    LOOP
        EXECUTE format('DROP INDEX %I', name);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_ledger_is_append_only")]

    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="consent",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="compliance.program",
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="compliance.ledgerentry",
            ),
        ),
    ]
