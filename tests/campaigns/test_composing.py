import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from campaigns import composing
from contacts import attributes
from tests.config import world
from tests.contacts.factories import ContactFactory, SegmentFactory

pytestmark = pytest.mark.django_db
EVERYBODY = {"match": "all", "rules": []}
NAME = "User.UserAttributes.FirstName"


@pytest.fixture
def people():
    """Ana, and somebody whose name nobody knows."""
    made = [
        ContactFactory(user_attributes={"FirstName": ["Ana"]}, city="Boston"),
        ContactFactory(user_attributes={}),
    ]
    attributes.refresh()
    return made


def test_the_text_is_shown_for_real_people(people):
    found = composing.preview(f"Hi {{{{{NAME}}}}}!", EVERYBODY)
    assert {one.text for one in found.samples} == {"Hi Ana!", "Hi !"}
    assert (found.people, found.parts) == (2, 2)
    assert found.usd > 0


def test_what_a_person_lacks_is_said_and_how_many_lack_it(people):
    found = composing.preview(f"Hi {{{{{NAME}}}}}!", EVERYBODY)
    without = next(one for one in found.samples if one.text == "Hi !")
    assert without.missing == [(NAME, "")]
    assert found.lacking == [(NAME, 50)]


def test_a_default_is_named_that_stands_in_for_it(people):
    found = composing.preview(f'Hi {{{{ {NAME} | default: "there" }}}}!', EVERYBODY)
    without = next(one for one in found.samples if one.missing)
    assert (without.text, without.missing) == ("Hi there!", [(NAME, "there")])


def test_the_characters_that_make_it_unicode_are_named(people):
    sample = composing.preview("Kommt 🙂 – jetzt", EVERYBODY).samples[0]
    assert (sample.odd, sample.parts.encoding) == (["🙂", "–"], "Unicode")


def test_the_longest_text_is_shown_first(people):
    long = ContactFactory(user_attributes={"FirstName": ["A" * 170]})
    found = composing.preview(f"Hi {{{{{NAME}}}}}!", EVERYBODY)
    assert (found.samples[0].person, found.samples[0].parts.parts) == (long, 2)


@pytest.mark.parametrize(
    ("body", "words"),
    [("Hi {{", "does not parse"), ("{{Attributes.Shoe}}", "not known"), (" ", "empty")],
)
def test_what_is_wrong_with_the_text_is_said_instead(people, body, words):
    assert words in composing.preview(body, EVERYBODY).problem


def test_a_segment_that_matches_nobody_shows_nothing():
    assert composing.preview("Hi!", EVERYBODY).people == 0


def test_a_segment_whose_rule_is_broken_says_so():
    broken = {"match": "all", "rules": [{"field": "nothing", "op": "is", "values": ["x"]}]}
    assert composing.preview("Hi!", broken).problem


def test_many_people_take_no_more_queries_than_two(people, django_assert_max_num_queries):
    ContactFactory.create_batch(20)
    with django_assert_max_num_queries(6):
        composing.preview(f"Hi {{{{{NAME}}}}}!", EVERYBODY)


@pytest.fixture
def ask(client):
    client.force_login(world.person("Marketer"))

    def ask(**typed):
        address = reverse("admin:campaigns_campaign_preview")
        return client.post(address, typed).content.decode()

    return ask


def test_the_phone_asks_for_a_text_and_then_for_a_segment(ask):
    assert "Write the text" in ask(body="", segment="")
    assert "Choose a segment" in ask(body="Hi!", segment="")
    assert "Choose a segment" in ask(body="Hi!", segment="999999")


def test_the_phone_says_what_is_wrong_with_a_text_before_there_is_a_segment(ask):
    page = ask(body="Hi {{Wrong.Field}}", segment="")
    assert "Wrong.Field" in page
    assert "Choose a segment" not in page


def test_the_phone_shows_what_people_get(ask, people):
    segment = SegmentFactory(rules=EVERYBODY)
    page = ask(body=f"Hi {{{{{NAME}}}}} <b>", segment=segment.pk)
    assert "Hi Ana &lt;b&gt;" in page
    assert f"50 % have no {NAME}." in page
    assert "Give it a default" in page


def test_the_page_of_a_new_campaign_offers_the_fields_that_people_have(client, people):
    client.force_login(world.person("Marketer"))
    page = client.get(reverse("admin:campaigns_campaign_add")).content.decode()
    assert f'<option value="{NAME}">' in page
    assert 'id="phone"' in page


def test_nobody_but_who_may_write_campaigns_is_shown_it(client):
    client.force_login(world.person("Analyst"))
    assert client.post(reverse("admin:campaigns_campaign_preview")).status_code == 403


@pytest.mark.parametrize("piece", ["preview", "departures", "event_rules"])
def test_who_may_change_campaigns_and_make_none_is_shown_the_pieces(client, piece):
    analyst = world.person("Analyst")
    analyst.user_permissions.add(Permission.objects.get(codename="change_campaign"))
    client.force_login(analyst)
    assert client.post(reverse(f"admin:campaigns_campaign_{piece}")).status_code == 200
