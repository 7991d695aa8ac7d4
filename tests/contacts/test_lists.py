import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts import erasing, lists
from contacts.models import Contact, ContactList, Segment
from contacts.origins import lists_of
from contacts.segments import matching, saving
from tests.contacts.factories import ContactFactory, SegmentFactory
from tests.contacts.pages import group, rule

ADD = "admin:contacts_contactlist_add"


@pytest.fixture
def people(db):
    return [
        ContactFactory(phone="+12125550101", city="Oslo"),
        ContactFactory(phone="+12125550102", city="Oslo"),
        ContactFactory(phone="+442071838750", city="Rome"),
    ]


def make(client, content=None, *, filename="vip.csv", **given):
    data = {"name": "VIP", "description": "", "segment": "", "default_country": "US"} | given
    if content is not None:
        data["file"] = SimpleUploadedFile(filename, content)
    return client.post(reverse(ADD), data, follow=True)


def on(name="VIP"):
    return set(Contact.objects.filter(lists__list__name=name).values_list("phone", flat=True))


@pytest.mark.parametrize(
    "content",
    [
        b"(212) 555-0101\n+44 20 7183 8750\n+1 212 555 0101\n",
        b"Name,Phone\nAna,212-555-0101\nBen,+442071838750\n",
        "Téléphone;Mobile\n1;2125550101\n1;+442071838750\n".encode("cp1252"),
    ],
)
def test_a_list_is_made_from_a_file_of_numbers(admin_client, people, content):
    make(admin_client, content)
    assert on() == {"+12125550101", "+442071838750"}
    made = ContactList.objects.get()
    assert (made.people, made.origin, made.created_by.username) == (2, "the file vip.csv", "admin")
    assert LogEntry.objects.get().get_change_message() == "Made from the file vip.csv: 2 people."


@pytest.mark.parametrize(
    ("country", "content"),
    [
        ("GB", b"020 7183 8750\n07400 123456\n"),
        ("DE", b"20240001;0170 1234567;Ana\n20240002;0044 20 7183 8750;Ben\n"),
    ],
)
def test_a_list_of_another_country_needs_no_header(admin_client, people, country, content):
    ContactFactory(phone="+491701234567")
    ContactFactory(phone="+447400123456")
    make(admin_client, content, default_country=country)
    other = {"GB": "+447400123456", "DE": "+491701234567"}[country]
    assert on() == {"+442071838750", other}


def test_numbers_that_are_no_contacts_are_counted_and_not_added(admin_client, people):
    page = make(admin_client, b"Phone\n2125550101\n2125550199\nnobody\n").content.decode()
    assert "1 people are on the list; 2 lines had no number of a contact." in page
    assert Contact.objects.count() == 3


def test_a_list_keeps_the_people_that_a_segment_found_then(admin_client, people):
    segment = SegmentFactory(rules=group("all", rule("city", "is", "oslo")))
    make(admin_client, segment=segment.pk)
    Contact.objects.filter(phone="+12125550101").update(city="Rome")
    assert on() == {"+12125550101", "+12125550102"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Choose a segment or a file"),
        (b"Phone\n2125550199\n", "Nobody would be on the list"),
        (b"", "The submitted file is empty"),
        (b"Name,City\nAna,Oslo\n", "No column holds phone numbers"),
        (b"PK\x03\x04", "Excel workbook"),
        (b'{"Address": "+12125550101"}\n', "one number on each line"),
    ],
)
def test_what_no_list_can_be_made_of_is_refused_in_words(admin_client, people, content, words):
    assert words in make(admin_client, content).content.decode()
    assert not ContactList.objects.exists()


def test_a_list_that_a_segment_asks_for_cannot_be_deleted(admin_client, people):
    make(admin_client, b"2125550101\n")
    made = ContactList.objects.get()
    segment = Segment.objects.create(name="Not VIP")
    saving.save(segment, group("all", rule("list", "is_not", str(made.pk))), None)
    url = reverse("admin:contacts_contactlist_delete", args=[made.pk])
    admin_client.post(url, {"post": "yes"})
    assert ContactList.objects.exists()
    assert matching(segment.rules).count() == 2
    saving.save(segment, group("all"), None)
    admin_client.post(url, {"post": "yes"})
    assert not ContactList.objects.exists()


def test_a_list_cannot_be_changed(admin_client, people):
    make(admin_client, b"2125550101\n")
    url = reverse("admin:contacts_contactlist_change", args=[ContactList.objects.get().pk])
    assert "+12125550101" in admin_client.get(url).content.decode()
    assert admin_client.post(url, {"name": "Other"}).status_code == 403


@pytest.fixture
def growing(admin_client, people):
    make(admin_client, name="Fans", grows="on")
    return ContactList.objects.get(name="Fans")


def by_hand(client, listed, number, button="on"):
    url = reverse("admin:contacts_contactlist_people", args=[listed.pk])
    return client.post(url, {"number": number, button: ""}, follow=True).content.decode()


def test_a_list_that_grows_may_begin_empty(growing):
    assert (growing.people, growing.grows, growing.origin) == (0, True, "nothing")


def test_people_are_put_on_it_and_taken_off_by_hand(admin_client, growing):
    assert "Put on the list." in by_hand(admin_client, growing, "(212) 555-0101")
    assert "was on the list already" in by_hand(admin_client, growing, "+12125550101")
    growing.refresh_from_db()
    assert growing.people == 1
    said = by_hand(admin_client, growing, "+12125550101", "off")
    assert "Taken off the list." in said
    assert "was not on the list" in by_hand(admin_client, growing, "+12125550101", "off")
    growing.refresh_from_db()
    assert growing.people == 0
    changes = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    contact = Contact.objects.get(phone="+12125550101").pk
    assert list(changes)[1:] == [
        f"Contact {contact} was put on.",
        f"Contact {contact} was taken off.",
    ]


@pytest.mark.parametrize(
    ("number", "words"), [("+12125550199", "No contact has this number"), ("x", "number")]
)
def test_only_contacts_are_put_on_it(admin_client, growing, number, words):
    assert words in by_hand(admin_client, growing, number)
    assert not growing.members.exists()


def test_nobody_is_put_on_a_fixed_list(admin_client, people):
    make(admin_client, b"2125550101\n")
    vip = ContactList.objects.get()
    assert "the same people for ever" in by_hand(admin_client, vip, "+12125550102")
    assert on() == {"+12125550101"}
    with pytest.raises(lists.ListRefused):
        lists.take_off(vip.pk, people[0].pk)


def test_who_may_not_make_lists_puts_nobody_on_one(growing, django_user_model):
    analyst = django_user_model.objects.create_user("analyst")
    with pytest.raises(PermissionDenied):
        lists.change(growing.pk, "+12125550101", analyst, on=True)


def test_who_comes_back_is_on_it_again(growing, people):
    for change in (lists.put_on, lists.take_off, lists.put_on):
        assert change(growing.pk, people[0].pk)
    assert growing.members.count() == 2
    assert [made.name for made in lists_of(people[0].pk)] == ["Fans"]
    assert list(lists.some(growing.pk, 20)) == [people[0]]


def test_an_erased_person_is_on_no_list(growing, people):
    lists.put_on(growing.pk, people[0].pk)
    lists.put_on(growing.pk, people[1].pk)
    erasing.erase(people[0].phone)
    growing.refresh_from_db()
    assert (growing.people, on("Fans")) == (1, {people[1].phone})
