"""Lists: filled once, from a file of numbers or a segment's result; some of them grow later."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any, cast

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import columns, formats, national, segments
from contacts.models import Contact, ContactList, ListMember, Segment
from contacts.phones import BadPhone, parse_phone

# More than these take longer to read than a person waits for a page.
MOST_LINES = 200_000
AT_ONCE = 10_000
SAMPLE = 20  # lines that tell whether the first one is a person


Actor = User | AnonymousUser


class ListRefused(ValueError):  # noqa: N818 - it is shown to a person
    """Why no list can be made of it, in words."""


def make(
    draft: ContactList,
    user: Actor,
    *,
    segment: Segment | None = None,
    people: QuerySet[Contact] | None = None,
    file: File[bytes] | None = None,
    country: str = "",
) -> ContactList:
    """Fill a new list and store it. Raises ListRefused; nothing is stored then.

    A file has one number per line, or a column that an import would take for the phone; national
    ones are of `country`. Numbers that are no contact's are counted, not added: a list brings
    nobody in. A segment gives the people that it finds now; `people` come with the draft's origin.
    Only one that grows may be empty.
    """
    if not user.has_perm("contacts.add_contactlist"):
        raise PermissionDenied
    draft.created_by_id = user.pk
    with transaction.atomic():
        if segment:
            _fill_from_segment(draft, segment)
        elif people is not None:
            _fill(draft, people)
        elif file:
            _fill_from_file(draft, file, country)
        elif draft.grows:
            draft.origin = _("nothing")
        if not draft.people and not draft.grows:
            raise ListRefused(
                _("Nobody would be on the list. A list holds contacts: import the people first.")
            )
        draft.save()
        said = f"Made from {draft.origin}: {draft.people} people."
        LogEntry.objects.log_actions(
            cast(int, user.pk), [draft], ADDITION, said, single_object=True
        )
    return draft


def some(list_id: int, count: int) -> QuerySet[Contact]:
    """Return some of the people on a list, the latest to come first."""
    members = ListMember.objects.at(timezone.now()).filter(list=list_id)
    newest = members.order_by("-pk").values("contact")[:count]
    return Contact.objects.filter(pk__in=newest)


def put_on(list_id: int, contact_id: int) -> bool:
    """Put a contact on a list that grows; False if they were on it. Call it in a transaction.

    Raises ListRefused.
    """
    _hold(list_id)
    _member, came = ListMember.objects.get_or_create(
        list_id=list_id,
        contact_id=contact_id,
        removed_at=None,
        defaults={"added_at": timezone.now()},
    )
    if came:
        ContactList.objects.filter(pk=list_id).update(people=F("people") + 1)
    return came


def take_off(list_id: int, contact_id: int) -> bool:
    """Take a contact off a list that grows; False if they were not on it. In a transaction.

    That they were on it until now stays on record. Raises ListRefused.
    """
    _hold(list_id)
    went = ListMember.objects.filter(list=list_id, contact=contact_id, removed_at=None).update(
        removed_at=timezone.now()
    )
    if went:
        ContactList.objects.filter(pk=list_id).update(people=F("people") - 1)
    return bool(went)


def change(list_id: int, number: str, user: Actor, *, on: bool) -> bool:
    """Put the contact with a number on a list by hand, or take them off; whether that was news.

    Raises ListRefused, PermissionDenied.
    """
    if not user.has_perm("contacts.add_contactlist"):
        raise PermissionDenied
    try:
        contact = Contact.objects.filter(phone=national.read(number).e164).first()
    except BadPhone as problem:
        raise ListRefused(str(problem)) from problem
    if contact is None:
        raise ListRefused(_("No contact has this number."))
    with transaction.atomic():
        news = (put_on if on else take_off)(list_id, contact.pk)
        if news:
            said = f"Contact {contact.pk} was {'put on' if on else 'taken off'}."
            changed = [ContactList.objects.get(pk=list_id)]
            LogEntry.objects.log_actions(
                cast(int, user.pk), changed, CHANGE, said, single_object=True
            )
    return news


def settle(list_ids: Iterable[int]) -> None:
    """Wait for who is coming or going on these lists just now. Call it in a transaction.

    Whoever comes later comes later than now: what was asked as of now is answered the same ever
    after.
    """
    held = ContactList.objects.select_for_update().filter(pk__in=list(list_ids), grows=True)
    list(held.order_by("pk").values_list("pk"))


def _hold(list_id: int) -> None:
    """Let others that change the list wait, so that the times of its people follow on commits."""
    if not ContactList.objects.select_for_update().filter(pk=list_id, grows=True).exists():
        raise ListRefused(_("This list holds the same people for ever."))


def _fill_from_file(draft: ContactList, file: File[bytes], country: str) -> None:
    with file.open("rb") as opened:
        numbers, bad = _numbers(cast(IO[bytes], opened.file), country)
    draft.origin = _("the file {}").format(file.name)[:300]
    draft.save()
    for start in range(0, len(numbers), AT_ONCE):
        draft.people += _add(draft, numbers[start : start + AT_ONCE])
    draft.unknown = len(numbers) + bad - draft.people


def _fill_from_segment(draft: ContactList, segment: Segment) -> None:
    origin = _("the segment “{name}”, version {version}")
    draft.origin = origin.format(name=segment.name, version=segment.version)[:300]
    try:
        _fill(draft, segments.matching(segment.rules))
    except segments.RuleError as problem:
        raise ListRefused(str(problem)) from problem


def _fill(draft: ContactList, people: QuerySet[Contact]) -> None:
    draft.save()
    select, params = people.values("pk").query.sql_with_params()
    draft.people = _insert(
        f"SELECT %s, person.pk FROM ({select}) AS person ORDER BY 2",  # noqa: S608 - Django's
        [draft.pk, *params],
    )


def _add(draft: ContactList, numbers: list[str]) -> int:
    return _insert(
        "SELECT %s, id FROM contacts_contact WHERE phone = ANY(%s) ORDER BY 2", [draft.pk, numbers]
    )


def _insert(select: str, params: list[Any]) -> int:
    table = ListMember._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (list_id, contact_id) {select}",
            params,
        )
        return int(cursor.rowcount)


def _numbers(file: IO[bytes], default_country: str) -> tuple[list[str], int]:
    """Return the different numbers of a file in E.164, and how many lines have none."""
    found: dict[str, None] = {}
    bad = 0
    cells = list(islice(_cells(file, default_country), MOST_LINES + 1))
    if len(cells) > MOST_LINES:
        raise ListRefused(
            _(
                "A list is made from at most {:,} lines. Import a longer one with a column that "
                "names the list, then make a list of the segment of those who have it."
            ).format(MOST_LINES)
        )
    for cell in cells:
        try:
            found[parse_phone(cell, default_country).e164] = None
        except BadPhone:
            bad += 1
    return list(found), bad


def _cells(file: IO[bytes], country: str) -> Iterator[str]:
    """Yield what stands where each line should have its number."""
    try:
        form = formats.recognise(file)
    except formats.FileRefused as problem:
        raise ListRefused(str(problem)) from problem
    if not form.delimiter:
        raise ListRefused(_("Make a file with one number on each line."))
    below = [line.cells for line in islice(formats.lines(file, form), SAMPLE)]
    place = columns.place_of_number(form.header, below, country)
    if place is not None:  # the first line is a person already
        yield form.header[place]
    else:
        place = _place_by_name(form.header)
    for line in formats.lines(file, form):
        yield line.cells[place] if place < len(line.cells) else ""


def _place_by_name(header: tuple[str, ...]) -> int:
    try:
        return columns.guess(header).index("phone")
    except columns.NoPhoneColumn as problem:
        raise ListRefused(str(problem)) from problem
