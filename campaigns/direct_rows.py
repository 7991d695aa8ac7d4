"""Single texts that are claimed as they are written: many of them, in one statement."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.contrib.admin.models import LogEntry
from django.db import connection

from campaigns import india, queue
from campaigns.models import Message
from compliance.models import Originator
from contacts.models import Contact

# What the gate asks of a person, in the order of the model's fields, in which a row is taken for a
# person; the rest is read where it should be needed.
ASKED = tuple(
    field.attname
    for field in Contact._meta.concrete_fields
    if field.attname in {"id", "phone", "timezone", "country", "region", "city", "postal_code"}
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its number (E.164), its words, and a name by which asking twice sends one."""

    phone: str
    body: str
    key: str | None = None
    context: Mapping[str, str] | None = None  # what events about it are to tell
    country_parameters: india.Ids | None = None


def write(
    texts: Sequence[Text],
    program_id: int,
    originator: Originator,
    purpose: str,
    token: uuid.UUID,
    now: datetime,
) -> list[Message | None]:
    """Insert texts, claimed; return each as it is, in order. None: its key was used before.

    Call it in a transaction. That one does not wait for the disk: whatever is done next with a
    claimed text does, and what was written before goes to the disk with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
            text AS MATERIALIZED (
                SELECT nextval(pg_get_serial_sequence('campaigns_message', 'id')) AS id, text.*
                FROM hurry CROSS JOIN json_to_recordset(%s)
                     AS text(n int, phone text, body text, key text, context jsonb, country jsonb)
            ),
            given AS MATERIALIZED (
                SELECT text.*, {", ".join(f"person.{name} AS person_{name}" for name in ASKED)}
                FROM text LEFT JOIN contacts_contact person ON person.phone = text.phone
            ),
            written AS (
                INSERT INTO campaigns_message
                    (id, phone, body, key, context, country_parameters,
                     contact_id, program_id, originator_id, purpose,
                     state, reason, detail, attempts, rules, aws_id, country,
                     claim, leased_until, due_at, created_at, changed_at)
                SELECT id, phone, body, key, context, country,
                       person_id, %s, %s, %s,
                       'queued', '', '', 0, '', '', '', %s, %s, %s, %s, %s
                FROM given
                ORDER BY key, n  -- two calls with the same keys wait for each other in one order
                ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
                RETURNING id
            )
            SELECT n, id, {", ".join(f"person_{name}" for name in ASKED)}
            FROM given JOIN written USING (id)
            """,  # noqa: S608 - the names are those above
            [
                orjson.dumps(
                    [
                        {
                            "n": n, "phone": text.phone, "body": text.body, "key": text.key,
                            "context": dict(text.context) if text.context else None,
                            "country": text.country_parameters,
                        }
                        for n, text in enumerate(texts)
                    ]
                ).decode(),
                *(program_id, originator.pk, purpose, token, now + queue.lease(), now, now, now),
            ],
        )  # fmt: skip
        found = {n: (pk, person) for n, pk, *person in cursor.fetchall()}
    return [
        Message(
            pk=found[n][0],
            phone=text.phone,
            body=text.body,
            key=text.key,
            contact=_person(found[n][1]),
            program_id=program_id,
            originator=originator,
            purpose=purpose,
            context=dict(text.context) if text.context else None,
            country_parameters=text.country_parameters,
            claim=token,
            leased_until=now + queue.lease(),
            due_at=now,
            created_at=now,
            changed_at=now,
        )
        if n in found
        else None
        for n, text in enumerate(texts)
    ]


def put_on_record(entries: Sequence[LogEntry], now: datetime) -> None:
    """Insert what a log is to say, as `bulk_create` would in five times the processor time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO django_admin_log (action_time, user_id, content_type_id, object_id,
                                          object_repr, action_flag, change_message)
            SELECT %s, user_id, content_type_id, object_id, object_repr, flag, message
            FROM json_to_recordset(%s) AS entry(
                user_id int, content_type_id int, object_id text, object_repr text,
                flag smallint, message text)
            """,
            [
                now,
                orjson.dumps(
                    [
                        {
                            "user_id": one.user_id,
                            "content_type_id": one.content_type_id,
                            "object_id": one.object_id,
                            "object_repr": one.object_repr,
                            "flag": one.action_flag,
                            "message": one.change_message,
                        }
                        for one in entries
                    ]
                ).decode(),
            ],
        )


def _person(values: Sequence[object]) -> Contact | None:
    if values[0] is None:
        return None
    return Contact.from_db("default", ASKED, values)
