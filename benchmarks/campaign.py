"""A campaign whose audience waits to be sent to, made in bulk."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks import crowd
from campaigns.models import Campaign, Run
from compliance.models import Originator, Program
from contacts.models import Segment

UNLIMITED = 1_000_000  # parts per second: every text takes its turn, and none has to wait


def fill(count: int) -> None:
    """Make so many contacts who said yes to transactional texts, and the originator."""
    crowd.fill(count)
    program = Program.objects.create(name="Bench", brand="Acme")
    Originator.objects.create(
        identity="+12065550100",
        kind="TEN_DLC",
        message_class="transactional",
        parts_per_second=UNLIMITED,
    )
    with connection.cursor() as cursor:
        # The gate reads what is derived from the ledger; the ledger does not matter here.
        cursor.execute(
            """
            INSERT INTO compliance_consent
                (phone, program_id, message_class, state, entry_id, since)
            SELECT phone, %s, 'transactional', 'active', 1, now() FROM contacts_contact
            """,
            [program.pk],
        )
        cursor.execute("VACUUM ANALYZE compliance_consent")


def launch(name: str) -> Run:
    """Open a run over everybody; its audience is still to be written."""
    rules = {"match": "all", "rules": []}
    program, originator = Program.objects.get(name="Bench"), Originator.objects.get()
    segment, _ = Segment.objects.get_or_create(name="Everybody", defaults={"rules": rules})
    made = Campaign.objects.create(
        name=name,
        program=program,
        segment=segment,
        originator=originator,
        message_class="transactional",
        body="Hi {{User.UserAttributes.FirstName}}! Your table is ready.",
        messages_per_second=UNLIMITED,
        daily_limit=100,
        total_limit=100,
        status="sending",
    )
    now = timezone.now()
    return Run.objects.create(
        campaign=made,
        number=1,
        body=made.body,
        rules=rules,
        launched_at=now,
        expires_at=now + timedelta(hours=72),
    )
