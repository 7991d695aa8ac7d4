"""The database itself refuses to change or remove what was recorded."""

from django.db import migrations

PROTECTED = ("compliance_ledgerentry", "compliance_wording")

FUNCTION = """
CREATE FUNCTION compliance_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _triggers(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION compliance_refuse();
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse();
    """


def _drop(table: str) -> str:
    return f"""
    DROP TRIGGER {table}_no_change ON {table};
    DROP TRIGGER {table}_no_truncate ON {table};
    """


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION compliance_refuse()"),
        *(migrations.RunSQL(_triggers(table), _drop(table)) for table in PROTECTED),
    ]
