import io
import threading

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from benchmarks import contact_list
from contacts import dry_run, imports
from contacts.imports import ImportRefused
from contacts.models import AttributeName, Contact, Import

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def check(content, name="list.csv", country="US"):
    data = content if isinstance(content, bytes) else content.encode()
    file = ContentFile(data, name)
    return imports.check(file, filename=name, default_country=country, user_id=None)


def examine(content, **how):
    job = check(content, **how)
    dry_run.examine(job.pk)
    job.refresh_from_db()
    return job


def load(content, on_batch=lambda people: None):
    job = examine(content)
    imports.start(job.pk)
    imports.run(job.pk, on_batch)
    job.refresh_from_db()
    return job


def counts(job):
    return (job.created, job.changed, job.unchanged, job.duplicates, job.rejected)


def test_a_list_becomes_contacts():
    job = load("Phone,FirstName,Plan,City\n(212) 555-0111,Ana,premium,New York\n")
    contact = Contact.objects.get()
    assert job.status == "completed"
    assert (contact.phone, contact.city, contact.country) == ("+12125550111", "New York", "US")
    assert contact.user_attributes == {"FirstName": ["Ana"]}
    assert contact.attributes == {"Plan": ["premium"]}


def test_the_same_file_again_changes_nothing():
    content = "Phone,Plan\n2125550111,premium\n2125550112,free\n"
    assert counts(load(content)) == (2, 0, 0, 0, 0)
    assert counts(load(content)) == (0, 0, 2, 0, 0)


def test_a_changed_cell_changes_the_contact_and_leaves_the_rest():
    load("Phone,Plan,Tier\n2125550111,free,1\n")
    job = load("Phone,Plan\n2125550111,premium\n")
    assert counts(job) == (0, 1, 0, 0, 0)
    assert Contact.objects.get().attributes == {"Plan": ["premium"], "Tier": ["1"]}


def test_an_empty_cell_leaves_what_is_there():
    load("Phone,Plan,City\n2125550111,premium,New York\n")
    load("Phone,Plan,City\n2125550111,,\n")
    contact = Contact.objects.get()
    assert (contact.attributes, contact.city) == ({"Plan": ["premium"]}, "New York")


def test_the_first_line_about_a_number_counts():
    job = load("Phone,Plan\n2125550111,premium\n+1 212 555 0111,free\n")
    assert counts(job) == (1, 0, 0, 1, 0)
    assert Contact.objects.get().attributes == {"Plan": ["premium"]}


def test_a_duplicate_is_known_across_batches(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    job = load("Phone\n2125550111\n2125550112\n2125550111\n")
    assert counts(job) == (2, 0, 0, 1, 0)
    assert list(job.repeated_lines.values_list("number", "repeats")) == [(4, 2)]


def test_each_line_that_repeats_a_number_names_the_first_about_it():
    job = load("Phone\n2125550111\n2125550112\n2125550111\n2125550112\n2125550111\n")
    found = job.repeated_lines.order_by("number").values_list("number", "repeats")
    assert list(found) == [(4, 2), (5, 3), (6, 2)]


def test_no_line_is_lost_silently():
    job = load("Phone,Plan\n2125550111,a\nunknown,b\n,c\n2125550112\n212555,d\n2.12555E+09,e\n")
    reasons = dict(job.rejected_lines.values_list("number", "reason"))
    assert counts(job) == (1, 0, 0, 0, 5)
    assert reasons == {
        3: "This is not a phone number.",
        4: "The phone number is empty.",
        5: "The line has 1 columns; the header has 2.",
        6: "The number has too few digits.",
        7: "A spreadsheet turned the number into scientific notation; its digits are lost.",
    }


def test_one_open_quote_spoils_one_line():
    job = load('Phone,Plan\n2125550111,"open\n2125550112,free\n')
    assert counts(job) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(encoding):
    load("Phone,Name\n2125550111,Zoë\n".encode(encoding))
    assert Contact.objects.get().user_attributes == {"Name": ["Zoë"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_read(delimiter):
    load(f"Phone{delimiter}Plan\n2125550111{delimiter}free\n")
    assert Contact.objects.get().attributes == {"Plan": ["free"]}


def test_a_pinpoint_csv_loads_as_it_is():
    load(
        "ChannelType,Address,Id,OptOut,Location.Country,Demographic.Timezone,User.UserId,"
        "User.UserAttributes.FirstName,Attributes.Ride,Attributes.Ride,Metrics.orders\n"
        "SMS,+16045550182,ep-000123,NONE,CA,America/Vancouver,u-1,Ana,Bus,Train,4\n"
    )
    contact = Contact.objects.get()
    assert contact.attributes == {"Ride": ["Bus", "Train"]}
    assert (contact.user_id, contact.endpoint_id) == ("u-1", "ep-000123")
    assert (contact.timezone, contact.metrics) == ("America/Vancouver", {"orders": 4.0})


def test_a_pinpoint_export_loads_as_it_is():
    load(
        '{"ChannelType":"SMS","Address":"+16045550182","OptOut":"NONE","Id":"ep-1",'
        '"Location":{"Country":"CA","City":"Vancouver"},"Attributes":{"Plan":["gold"]},'
        '"Metrics":{"orders":4.0},"User":{"UserId":"u-1","UserAttributes":{"FirstName":["Ana"]}}}\n'
    )
    contact = Contact.objects.get()
    assert (contact.city, contact.attributes) == ("Vancouver", {"Plan": ["gold"]})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"Phone,Plan\n", "no lines below"),
        (b"2125550111,Ana\n2125550112,Ben\n", "not the names of the columns"),
        (b"\x1f\x8bnot really", "archive is damaged"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"a,b\x00,c\n", "not a text file"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_nothing_is_kept(content, words, tmp_path):
    with pytest.raises(ImportRefused, match=words):
        check(content)
    assert not Import.objects.exists()
    assert list(tmp_path.rglob("*.csv")) == []


@pytest.mark.parametrize("country", ["DE", "US"])
def test_whether_the_first_line_is_a_person_is_told_as_of_the_imports_country(country):
    content = "Ana;0170 1234567\nBen;0151 23456789\n"
    if country == "US":  # where these are no numbers, and a column is to be chosen
        assert check(content, country=country).status == "unmapped"
        return
    with pytest.raises(ImportRefused, match=r"\(0170 1234567\), not the names of the columns"):
        check(content, country=country)


def test_what_the_line_says_of_consent_is_handed_on():
    people = []
    load(
        "Phone,SMSOptIn,OptOut\n2125550111,true,NONE\n2125550112,false,NONE\n2125550113,,ALL\n",
        people.extend,
    )
    assert [(p.opt_in, p.opt_out) for p in people] == [(True, False), (False, False), (False, True)]


def test_an_opt_out_on_a_repeated_line_counts_too(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    people = []
    load("Phone,OptOut\n2125550111,NONE\n2125550111,ALL\n", people.extend)
    assert [(p.opt_out, p.line) for p in people] == [(True, 3)]


def test_a_killed_import_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    job = examine("Phone\n" + "".join(f"212555{n:04d}\n" for n in range(10)))
    imports.start(job.pk)
    batches = []

    class Killed(Exception):  # noqa: N818
        pass

    def dies_in_the_third(people):
        if len(batches) == 2:
            raise Killed
        batches.append(people)

    with pytest.raises(Killed):
        imports.run(job.pk, dies_in_the_third)
    assert Contact.objects.count() == 4
    imports.run(job.pk, batches.append)
    job.refresh_from_db()
    assert (job.status, counts(job)) == ("completed", (10, 0, 0, 0, 0))
    assert sum(len(batch) for batch in batches) == 10


def test_an_import_is_started_once():
    job = examine("Phone\n2125550111\n")
    assert (imports.start(job.pk), imports.start(job.pk)) == (True, False)


def test_a_completed_import_does_not_run_again():
    job = load("Phone\n2125550111\n")
    assert not imports.run(job.pk, lambda people: None)


def test_the_catalogue_knows_the_new_names():
    load("Phone,FirstName,Plan\n2125550111,Ana,premium\n")
    assert dict(AttributeName.objects.values_list("path", "contacts")) == {
        "attributes.Plan": 1,
        "user_attributes.FirstName": 1,
    }


def test_the_preview_shows_rows_and_reasons():
    job = check("Phone,Plan\n2125550111,premium\nnobody,free\n")
    good, bad = imports.preview(job)
    assert good.phone == "+12125550111"
    assert bad == "This is not a phone number."


def test_every_line_of_a_marketers_list_is_accounted_for():
    job = load(contact_list.text(2000, seed=7))
    assert sum(counts(job)) == job.lines == 2000
    assert min(job.created, job.duplicates, job.rejected) > 20


def test_the_list_is_the_same_for_the_same_seed():
    assert contact_list.text(50, 7) == contact_list.text(50, 7) != contact_list.text(50, 8)


def test_a_number_in_exponent_notation_of_a_spreadsheet_is_refused():
    assert counts(load("Phone\n1.21256E+10\n"))[4] == 1


def test_reading_leaves_the_upload_open():
    upload = ContentFile(b"Phone\n2125550111\n", "a.csv")
    imports.check(upload, filename="a.csv", default_country="US", user_id=None)
    assert isinstance(upload.file, io.BytesIO)
    assert not upload.file.closed


@pytest.mark.parametrize("order", ["true,false", "false,true"])
def test_a_no_on_any_line_about_a_person_outweighs_a_yes_on_another(monkeypatch, order):
    monkeypatch.setattr(imports, "BATCH", 1)
    people = []
    first, second = order.split(",")
    load(f"Phone,SMSOptIn\n2125550111,{first}\n(212) 555-0111,{second}\n", people.extend)
    assert [person.opt_in for person in people] == [False]


def test_a_street_address_is_not_taken_for_the_phone():
    load("Address,Phone\n5 Main St,2125550111\n")
    assert Contact.objects.get().attributes == {"Address": ["5 Main St"]}


def test_a_file_above_the_limit_is_refused(settings):
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(ImportRefused, match="larger than"):
        check("Phone\n2125550111\n")


@pytest.mark.parametrize("content", ["Name,Plan\nAna,free\n", '{"Name": "Ana"}\n'])
def test_a_file_without_a_known_phone_column_waits_for_somebody_to_name_it(content):
    job = examine(content)
    assert (job.status, job.mapping[0]) == ("unmapped", "user_attributes.Name")
    assert not imports.start(job.pk)


def test_a_file_is_not_left_behind_when_its_import_cannot_be_stored(tmp_path):
    with pytest.raises(IntegrityError), transaction.atomic():
        imports.check(
            ContentFile(b"Phone\n2125550111\n", "a.csv"),
            filename="a.csv",
            default_country=None,
            user_id=None,
        )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_contact_that_appears_after_the_dry_run_is_brought_up_to_date():
    job = examine("Phone,Plan\n2125550111,premium\n")
    Contact.objects.create(phone="+12125550111", city="Oslo")
    imports.start(job.pk)
    imports.run(job.pk, lambda people: None)
    contact = Contact.objects.get()
    assert (contact.attributes, contact.city) == ({"Plan": ["premium"]}, "Oslo")


def test_an_import_whose_file_is_gone_fails_with_a_sentence():
    job = examine("Phone\n2125550111\n")
    imports.start(job.pk)
    job.file.storage.delete(job.file.name)
    imports.run(job.pk, lambda people: None)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "The file cannot be read" in job.error


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_an_import_that_is_being_run_alone():
    job = examine("Phone\n2125550111\n")
    imports.start(job.pk)
    second = []

    def elsewhere():
        second.append(imports.run(job.pk, lambda people: None))
        connection.close()

    def on_batch(people):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join(10)

    assert imports.run(job.pk, on_batch)
    assert second == [False]
    assert Contact.objects.count() == 1


def test_what_the_database_does_not_take_fails_the_import_and_is_in_no_log(monkeypatch, caplog):
    job = examine("Phone\n2125550111\n")
    imports.start(job.pk)
    stage = imports.merging.stage
    monkeypatch.setattr(
        imports.merging, "stage", lambda rows: stage([row + "\tmore" for row in rows])
    )
    with transaction.atomic():  # what the worker's own batch is outside of tests
        assert not imports.run(job.pk, lambda people: None)
    job.refresh_from_db()
    assert (job.status, job.done_lines) == ("failed", 0)
    assert "2125550111" not in caplog.text
