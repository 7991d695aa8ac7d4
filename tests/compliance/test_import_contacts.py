import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from compliance.models import Consent, LedgerEntry
from contacts.models import Contact
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
LIST = "Phone,Plan,Consent Date\n2125550111,free,2026-03-05\n2125550112,gold,\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def stated():
    ProgramFactory(name="Offers")
    User.objects.create_user("ora", is_staff=True)
    User.objects.create_superuser("root")
    return (
        *("--program", "Offers", "--basis", "web_form", "--wording", "Yes, text me."),
        *("--attested-by", "root"),
    )


@pytest.fixture
def bring(tmp_path, capsys):
    def run(content, *options):
        path = tmp_path / "list.csv"
        path.write_text(content)
        call_command("import_contacts", str(path), "--json", *options)
        return json.loads(capsys.readouterr().out)

    return run


def test_a_list_comes_in_with_each_opt_in_at_its_own_time(bring, stated):
    said = bring(LIST, *stated)
    assert (said["status"], said["counts"]["created"]) == ("completed", 2)
    dated, other = LedgerEntry.objects.order_by("pk")
    assert f"{dated.happened_at:%F %T}" == "2026-03-05 05:00:00"
    assert other.happened_at.year > 2025
    assert Consent.objects.filter(state="active").count() == 2


def test_without_consent_people_are_stored_and_cannot_be_texted(bring):
    bring(LIST, "--consent", "none")
    assert (Contact.objects.count(), LedgerEntry.objects.count()) == (2, 0)


def test_a_second_run_changes_nothing_not_even_in_the_ledger(bring, stated):
    bring(LIST, *stated)
    before = list(Contact.objects.values_list("pk", "updated_at"))
    said = bring(LIST, *stated)
    assert said["counts"]["unchanged"] == 2
    assert LedgerEntry.objects.count() == 2
    assert list(Contact.objects.values_list("pk", "updated_at")) == before


def test_a_dry_run_stores_nothing(bring):
    said = bring(LIST, "--consent", "none", "--dry-run")
    assert (said["status"], said["counts"]["created"]) == ("checked", 2)
    assert not Contact.objects.exists()


def test_rejected_lines_are_written_and_told_by_the_exit_code(bring, tmp_path):
    with pytest.raises(SystemExit) as ended:
        bring(
            "Phone\n2125550111\nnobody\n", "--consent", "none", "--rejected", str(tmp_path / "no")
        )
    assert ended.value.code == 3
    assert (tmp_path / "no").read_text().splitlines()[1] == "3,This is not a phone number.,nobody"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), 2, "or --consent none"),
        (("--consent", "none", "--basis", "paper"), 2, "exclude each other"),
        (
            ("--program", "X", "--basis", "paper", "--wording", "Y", "--attested-by", "root"),
            2,
            "no such program",
        ),
        (
            (
                "--program",
                "Offers",
                "--basis",
                "paper",
                "--wording",
                "Y",
                "--attested-by",
                "nobody",
            ),
            2,
            "no active user",
        ),
        (
            ("--program", "Offers", "--basis", "paper", "--wording", "Y", "--attested-by", "ora"),
            1,
            "may not import",
        ),
        (("--consent", "none", "--column", "Nothing=phone"), 1, "no column “Nothing”"),
    ],
)
def test_what_cannot_be_done_says_why(bring, stated, options, code, words):
    with pytest.raises(CommandError, match=words) as problem:
        bring(LIST, *options)
    assert problem.value.returncode == code
    assert not Contact.objects.exists()


def test_a_file_that_is_not_there_says_so():
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_contacts", "/nowhere.csv", "--consent", "none")


def test_the_phone_column_can_be_named(bring):
    with pytest.raises(CommandError, match="--column NAME=phone"):
        bring("Reach\n2125550111\n", "--consent", "none")
    assert (
        bring("Reach\n2125550111\n", "--consent", "none", "--column", "Reach=phone")["lines"] == 1
    )
