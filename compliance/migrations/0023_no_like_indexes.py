"""What a new database need not keep; one that came by all first migrations has it no longer."""

from django.db import migrations

# Django gives each unique or indexed text column a second index, for LIKE 'prefix%'. Nobody asks
# so for a part of a hash, and it made an import of a million people a third slower.
LEAN = """
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
    dependencies = [("compliance", "0001_squashed_0022_senders")]

    operations = [migrations.RunSQL(LEAN, migrations.RunSQL.noop)]
