"""Single texts that are claimed as they are written: many of them, in one statement."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.contrib.admin.models import ADDITION
from django.contrib.contenttypes.models import ContentType
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


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name, from where and as what texts go."""

    program_id: int
    originator: Originator  # with its brand and 10DLC campaign
    purpose: Message.Purpose


@dataclass(frozen=True, slots=True)
class Order:
    """Texts that somebody asked for together."""

    texts: Sequence[Text]
    by: int | None = None  # the user on whose record they are put


# Whatever is done next with a claimed text waits for the disk, and takes this along.
WRITE = f"""
WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
text AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('campaigns_message', 'id')) AS id, text.*
    FROM hurry CROSS JOIN json_to_recordset(%(texts)s)
         AS text(place int, n int, phone text, body text, key text, context jsonb, country jsonb)
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
           person_id, %(program)s, %(originator)s, %(purpose)s,
           'queued', '', '', 0, '', '', '',
           %(token)s, %(until)s, %(now)s, %(now)s, %(now)s
    FROM given
    ORDER BY key, place, n  -- two calls with the same keys wait for each other in one order
    ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
    RETURNING id
),
noted AS (
    INSERT INTO django_admin_log
        (action_time, user_id, content_type_id, action_flag, object_id, object_repr, change_message)
    SELECT %(now)s, asker.by, %(content_type)s, %(addition)s, min(id)::text, 'message ' || min(id),
           'Sent ' || count(*) || ' texts: messages ' || min(id) || ' to ' || max(id) || '.'
    FROM json_to_recordset(%(askers)s) AS asker(place int, by int)
    JOIN given USING (place) JOIN written USING (id)
    GROUP BY asker.place, asker.by
    ORDER BY asker.place
)
SELECT place, n, id, {", ".join(f"person_{name}" for name in ASKED)}
FROM given JOIN written USING (id)
"""  # noqa: S608 - the names are those above


def write(
    orders: Sequence[Order], sender: Sender, token: uuid.UUID, now: datetime
) -> list[list[Message | None]]:
    """Insert texts, claimed, and who had them sent; return those of each order, in order.

    None stands for a text whose key was used before. One statement, and outside a transaction a
    whole one, which does not wait for the disk.
    """
    until = now + queue.lease()
    askers = [{"place": place, "by": one.by} for place, one in enumerate(orders) if one.by]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "texts": orjson.dumps(_described(orders)).decode(),
                "askers": orjson.dumps(askers).decode(),
                "program": sender.program_id,
                "originator": sender.originator.pk,
                "purpose": sender.purpose,
                "token": token,
                "until": until,
                "now": now,
                "content_type": ContentType.objects.get_for_model(Message).pk,
                "addition": ADDITION,
            },
        )
        found = {(place, n): (pk, person) for place, n, pk, *person in cursor.fetchall()}
    times = {"leased_until": until, "due_at": now, "created_at": now, "changed_at": now}
    return [
        [
            _message(text, sender, found[place, n], claim=token, **times)
            if (place, n) in found
            else None
            for n, text in enumerate(order.texts)
        ]
        for place, order in enumerate(orders)
    ]


def _described(orders: Sequence[Order]) -> list[dict[str, object]]:
    return [
        {
            "place": place, "n": n, "phone": text.phone, "body": text.body, "key": text.key,
            "context": dict(text.context) if text.context else None,
            "country": text.country_parameters,
        }
        for place, order in enumerate(orders)
        for n, text in enumerate(order.texts)
    ]  # fmt: skip


def _message(
    text: Text, sender: Sender, row: tuple[int, Sequence[object]], **claimed: object
) -> Message:
    pk, person = row
    return Message(
        pk=pk,
        phone=text.phone,
        body=text.body,
        key=text.key,
        contact=_person(person),
        program_id=sender.program_id,
        originator=sender.originator,
        purpose=sender.purpose,
        context=dict(text.context) if text.context else None,
        country_parameters=text.country_parameters,
        **claimed,
    )


def _person(values: Sequence[object]) -> Contact | None:
    if values[0] is None:
        return None
    return Contact.from_db("default", ASKED, values)
