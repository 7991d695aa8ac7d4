import pytest
from django.contrib.auth.models import User

from compliance.packs import making, printing
from tests.compliance.acts import no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
PHONE = "+12125550111"


@pytest.fixture
def content():
    yes(PHONE, ProgramFactory(name="Offers"))
    no(PHONE)
    return making.make(PHONE, User.objects.create_superuser("ora"), "Complaint 4711").content


def test_what_is_printed_says_what_happened_and_how_to_check_it(content):
    printed = "\n".join(text for _style, text in printing.lines(content))
    for said in (
        f"Number: {PHONE}",
        "Why: Complaint 4711",
        "Entry 1: Opt-in confirmed: Offers (promotional), by web form",
        "address of the form: https://example.com/join",
        "IP address: missing",
        "Opted out of all since",
        "each follows the one before it",
    ):
        assert said in printed


def test_every_hash_of_the_pack_is_printed(content):
    printed = "\n".join(text for _style, text in printing.lines(content))
    assert all(entry["hash"] in printed for entry in content["consent"]["entries"])


@pytest.mark.parametrize("text", ["<b>&amp;", "30 % 🛑 止", "a\nb", "x" * 3000, "é Ω ж"])
def test_any_text_can_be_printed(content, text):
    content["why"] = text
    assert printing.as_pdf(content).startswith(b"%PDF")


def test_characters_that_the_font_lacks_are_printed_by_their_number():
    assert printing._markup("🛑 <é>", printing._font()) == "[U+1F6D1] &lt;é&gt;"
