from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from compliance import ledger, suppression
from compliance.models import SuppressedNumber
from contacts.phones import BadPhone
from tests.compliance.acts import NOON, act

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
BEN = "+12125550112"


@pytest.fixture
def officer():
    user = User.objects.create_user("olga", is_staff=True)
    user.groups.add(Group.objects.get(name="Compliance"))
    return user


def take(text, *, reason="litigator", user=None, country="US"):
    return suppression.take(
        StringIO(text), country=country, reason=reason, source="A list", user=user, now=NOON
    )


def test_numbers_in_any_format_are_listed_by_their_hash():
    taken = take(f"Phone\n{ANA}\n(212) 555-0112\n\n212.555.0113\n")
    assert (taken.added, taken.known, taken.refused) == (3, 0, 0)
    assert suppression.listed([ANA, BEN, "+12125550119"]) == {ANA, BEN}
    assert ANA not in str(list(SuppressedNumber.objects.values()))


@pytest.mark.parametrize(
    ("line", "country", "number"),
    [
        ("212,5550111", "US", ANA),  # as the national registry writes them
        ("2125550111", "US", ANA),
        ("12125550111", "US", ANA),
        ('"+1 212-555-0111";Smith;2019', "US", ANA),
        ("Smith,Ana,212-555-0111", "US", ANA),
        ("07400 123456", "GB", "+447400123456"),
    ],
)
def test_a_line_is_read(line, country, number):
    assert suppression.read(line, country) == number


@pytest.mark.parametrize("line", ["Smith", "123", "212555011", "112-555-0111"])
def test_a_line_without_a_number_is_refused(line):
    with pytest.raises(BadPhone):
        suppression.read(line, "US")


def test_refused_lines_are_named_and_the_others_taken():
    taken = take(f"{ANA}\nnobody\n{BEN}\n123\n")
    assert (taken.added, taken.refused) == (2, 2)
    assert [line for line, _why in taken.rejected] == [2, 4]


def test_a_list_taken_twice_changes_nothing():
    take(ANA)
    taken = take(f"{ANA}\n{ANA}\n{BEN}")
    assert (taken.added, taken.known) == (1, 2)


def test_a_number_can_be_listed_for_two_reasons():
    take(ANA)
    take(ANA, reason="do_not_call")
    assert SuppressedNumber.objects.count() == 2


def test_nobody_is_erased_by_a_list():
    with pytest.raises(ValueError, match="erasure"):
        take(ANA, reason="erased")
    with pytest.raises(IntegrityError):
        SuppressedNumber.objects.create(key="ab", reason="erased", source="x", added_at=NOON)


def test_it_is_audited_and_takes_the_permission(officer):
    take(ANA, user=officer)
    log = LogEntry.objects.get(user=officer)
    assert "1 numbers" in log.change_message
    assert ANA not in log.change_message
    with pytest.raises(PermissionDenied):
        take(BEN, user=User.objects.create_user("mia"))


def test_a_number_can_be_taken_off(officer):
    take(ANA)
    number = SuppressedNumber.objects.get()
    assert suppression.remove(number.pk, officer)
    assert not suppression.remove(number.pk, officer)
    assert not suppression.listed([ANA])


def test_an_erased_person_cannot_be_taken_off(officer):
    act(ANA, "erasure", source="operator")
    assert not suppression.remove(SuppressedNumber.objects.get().pk, officer)
    assert suppression.listed([ANA])


def test_taking_off_takes_the_permission():
    take(ANA)
    with pytest.raises(PermissionDenied):
        suppression.remove(SuppressedNumber.objects.get().pk, User.objects.create_user("mia"))


def test_the_command_takes_a_file(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(b"\xef\xbb\xbfphone\r\n2125550111\r\nnobody\r\n")
    out, err = StringIO(), StringIO()
    call_command(
        "suppress_numbers", file, reason="litigator", source="List 7", stdout=out, stderr=err
    )
    assert "1 numbers added, 0 known before, 1 refused" in out.getvalue()
    assert "line 3" in err.getvalue()
    number = SuppressedNumber.objects.get()
    assert (number.key, number.source) == (ledger.subject_key(ANA), "List 7")


def test_the_command_says_when_there_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("suppress_numbers", tmp_path / "none", reason="other", source="x")
