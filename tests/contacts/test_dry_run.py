import pytest
from django.core.files.base import ContentFile

from benchmarks import contact_list
from contacts import dry_run, imports
from contacts.columns import BadMapping
from contacts.models import Contact, Import

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def take(content, name="list.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return imports.check(ContentFile(data, name), filename=name, default_country="US", user_id=None)


def examined(content):
    job = take(content)
    dry_run.examine(job.pk)
    job.refresh_from_db()
    return job


def finished(job):
    imports.start(job.pk)
    imports.run(job.pk, lambda people: None)
    job.refresh_from_db()
    return job


def counts(job):
    return {name: getattr(job, name) for name in dry_run.COUNTS}


def test_a_dry_run_writes_no_contact():
    examined("Phone\n2125550111\n")
    assert not Contact.objects.exists()


@pytest.mark.parametrize("size", [7, 1000])
def test_the_import_counts_what_the_dry_run_counted(monkeypatch, size):
    monkeypatch.setattr(imports, "BATCH", size)
    finished(examined(contact_list.text(150, seed=1)))
    changed = contact_list.text(300, seed=1).replace("premium", "gold")
    job = finished(examined(changed))
    assert job.forecast == counts(job)
    assert min(job.forecast.values()) > 0
    assert sum(job.forecast.values()) == job.lines == 300


def test_the_rejected_lines_are_there_before_anything_is_stored():
    job = examined("Phone\n2125550111\nnobody\n")
    rejected = job.rejected_lines.get()
    assert (rejected.number, rejected.reason, rejected.raw) == (
        3,
        "This is not a phone number.",
        "nobody",
    )


def test_rejected_lines_are_kept_once():
    assert finished(examined("Phone\n2125550111\nnobody\n")).rejected_lines.count() == 1


def test_other_columns_are_examined_anew():
    job = examined("Phone,Orders\n2125550111,many\n")
    assert imports.remap(job.pk, ["phone", "metrics.Orders"])
    dry_run.examine(job.pk)
    job.refresh_from_db()
    assert (job.status, job.forecast["rejected"]) == ("checked", 1)
    assert job.rejected_lines.get().reason == "“many” in Orders is not a number."


def test_columns_that_are_chosen_during_a_dry_run_count(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    job = take("Phone,Orders\n2125550111,many\n2125550112,2\n")
    compare = dry_run.merging.compare
    chosen = []

    def choosing():
        if not chosen:
            chosen.append(imports.remap(job.pk, ["phone", "metrics.Orders"]))
        return compare()

    monkeypatch.setattr(dry_run.merging, "compare", choosing)
    assert dry_run.examine(job.pk)
    job.refresh_from_db()
    assert (job.forecast["created"], job.forecast["rejected"]) == (1, 1)


def test_columns_cannot_be_changed_once_the_import_has_begun():
    job = finished(examined("Phone,Plan\n2125550111,free\n"))
    assert not imports.remap(job.pk, ["phone", ""])


def test_an_import_begins_only_after_its_dry_run():
    assert not imports.start(take("Phone\n2125550111\n").pk)


def test_a_killed_dry_run_begins_anew(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    job = take("Phone\n2125550111\n2125550111\nnobody\n2125550112\n")
    compare, calls = dry_run.merging.compare, []

    class Killed(Exception):  # noqa: N818
        pass

    def dies():
        calls.append(1)
        if len(calls) == 3:
            raise Killed
        return compare()

    monkeypatch.setattr(dry_run.merging, "compare", dies)
    with pytest.raises(Killed):
        dry_run.examine(job.pk)
    assert dry_run.examine(job.pk)
    job.refresh_from_db()
    assert (job.forecast["created"], job.forecast["duplicates"]) == (2, 1)
    assert job.rejected_lines.count() == 1


def test_a_dry_run_of_a_file_that_is_gone_fails_with_a_sentence():
    job = take("Phone\n2125550111\n")
    job.file.storage.delete(job.file.name)
    assert not dry_run.examine(job.pk)
    job.refresh_from_db()
    assert (job.status, "The file cannot be read" in job.error) == ("failed", True)


def test_a_phone_column_can_be_named_by_a_person():
    job = examined("Who,Reach\nAna,2125550111\n")
    assert job.status == Import.Status.UNMAPPED
    with pytest.raises(BadMapping, match="Choose the column"):
        imports.remap(job.pk, ["attributes.Who", ""])
    imports.remap(job.pk, ["user_attributes.Name", "phone"])
    dry_run.examine(job.pk)
    finished(job)
    assert Contact.objects.get().user_attributes == {"Name": ["Ana"]}


def test_columns_of_json_can_be_chosen_too():
    job = examined('{"Phone": "2125550111", "Orders": 4}\n')
    imports.remap(job.pk, ["phone", "metrics.Orders"])
    dry_run.examine(job.pk)
    finished(job)
    assert Contact.objects.get().metrics == {"Orders": 4.0}


def test_an_opt_out_on_a_line_that_is_not_stored_counts():
    job = examined(
        "Phone,OptOut,Timezone\n2125550111,,\n2125550111,ALL,Mars\n2125550112,ALL,Mars\n"
    )
    people = []
    imports.start(job.pk)
    imports.run(job.pk, people.extend)
    assert {(p.phone, p.opt_out, p.line) for p in people} == {
        ("+12125550111", True, 3),
        ("+12125550112", True, 4),
    }


def test_where_a_person_is_and_when_they_last_did_something_is_kept():
    finished(examined("Phone,Lat,Lng,Last seen\n2125550111,40.7,-74,2026-03-05\n"))
    finished(examined("Phone,Last seen\n2125550111,2025-01-01\n"))
    contact = Contact.objects.get()
    assert (contact.latitude, contact.longitude) == (40.7, -74)
    assert contact.last_active_at.year == 2026
