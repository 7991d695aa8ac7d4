import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from contacts import attributes
from contacts.models import Segment, SegmentVersion
from contacts.segments import saving
from tests.contacts.factories import ContactFactory, SegmentFactory
from tests.contacts.pages import group, inputs, rule, segment_data

PREMIUM = rule("attributes.Plan", "is", "premium")
NO_CITY = rule("city", "missing")
ADD = "admin:contacts_segment_add"


@pytest.fixture
def admin(admin_client):
    return admin_client


def change_url(segment):
    return reverse("admin:contacts_segment_change", args=[segment.pk])


def rules_after(client, tree, do=""):
    page = client.post(reverse("admin:contacts_segment_rules"), inputs(tree) | {"do": do})
    return page, page.content.decode()


def count(client, *rules, match="all"):
    return client.post(reverse("admin:contacts_segment_count"), inputs(group(match, *rules)))


def test_a_segment_is_built_from_rules_and_groups(admin):
    places = rule("city", "is", 'New York, "Washington, DC"')
    orders = rule("metrics.orders", "between", "3", "9")
    admin.post(reverse(ADD), segment_data(PREMIUM, group("any", places, group("none", orders))))
    segment = Segment.objects.get()
    assert segment.created_by.username == "admin"
    places["values"] = ["New York", "Washington, DC"]
    assert segment.rules == group("all", PREMIUM, group("any", places, group("none", orders)))


def test_rules_that_ask_for_nothing_are_left_out(admin):
    admin.post(reverse(ADD), segment_data(rule("", ""), PREMIUM, group("any", rule("", ""))))
    assert Segment.objects.get().rules == group("all", PREMIUM, group("any"))


def test_a_wrong_rule_is_named_by_its_number_and_nothing_is_stored(admin):
    wrong = rule("metrics.orders", "gt", "many")
    data = segment_data(rule("", ""), group("any", rule("city", "exists"), wrong))
    page = admin.post(reverse(ADD), data).content.decode()
    assert "Rule 2.2: “many” is not a number." in page
    assert 'value="many"' in page
    assert not Segment.objects.exists()


def test_every_saved_change_of_the_rules_is_a_version(admin):
    admin.post(reverse(ADD), segment_data(PREMIUM))
    segment = Segment.objects.get()
    admin.post(change_url(segment), segment_data(NO_CITY))
    admin.post(change_url(segment), segment_data(NO_CITY, name="Other name"))
    versions = SegmentVersion.objects.order_by("number")
    assert [(v.number, v.rules["rules"], v.saved_by.username) for v in versions] == [
        (1, [PREMIUM], "admin"),
        (2, [NO_CITY], "admin"),
    ]
    segment.refresh_from_db()
    assert (segment.name, segment.version) == ("Other name", 2)
    page = admin.get(change_url(segment)).content.decode()
    assert "Version 1, saved" in page
    assert "Plan is any of premium" in page


def test_a_segment_cannot_ask_for_itself_through_another(admin):
    first, second = SegmentFactory(name="First"), SegmentFactory(name="Second")
    saving.save(second, group("all", rule("segment", "is", str(first.pk))), None)
    data = segment_data(rule("segment", "is_not", str(second.pk)), name="First")
    page = admin.post(change_url(first), data).content.decode()
    assert "would be asked for within itself" in page
    first.refresh_from_db()
    assert first.rules["rules"] == []


def test_a_segment_that_another_asks_for_cannot_be_deleted(admin):
    inner, outer = SegmentFactory(), SegmentFactory()
    saving.save(outer, group("all", rule("segment", "is", str(inner.pk))), None)
    url = reverse("admin:contacts_segment_delete", args=[inner.pk])
    admin.post(url, {"post": "yes"})
    assert Segment.objects.filter(pk=inner.pk).exists()
    saving.save(outer, group("all"), None)
    admin.post(url, {"post": "yes"})
    assert not Segment.objects.filter(pk=inner.pk).exists()


def test_stored_rules_are_shown_in_their_inputs(admin):
    ContactFactory(attributes={"Plan": ["premium"]})
    attributes.refresh()
    plan = rule("attributes.Plan", "is", "premium", "Gold, Ltd.")
    span = rule("created_at", "between", "2026-01-01", "2026-02-01")
    segment = SegmentFactory(rules=group("any", group("none", plan, span)))
    page = admin.get(change_url(segment)).content.decode()
    assert 'value="premium,&quot;Gold, Ltd.&quot;"' in page
    assert '<option value="attributes.Plan" selected>Plan</option>' in page
    assert 'name="value-0.0.1" value="2026-02-01"' in page
    assert '<option value="none" selected>' in page
    assert 'data-value="premium"' in page  # suggested


def test_a_field_that_no_contact_has_any_more_stays_chosen(admin):
    segment = SegmentFactory(rules=group("all", PREMIUM))
    page = admin.get(change_url(segment)).content.decode()
    assert '<option value="attributes.Plan" selected>' in page


@pytest.mark.parametrize(
    ("do", "there", "focus"),
    [
        ("add-rule:0", ["0", "0.0", "0.1", "0.1.0", "0.2"], 'id="field-0.2"'),
        ("add-rule:0.1", ["0", "0.0", "0.1", "0.1.0", "0.1.1"], 'id="field-0.1.1"'),
        ("add-group:0.1", ["0", "0.0", "0.1", "0.1.0", "0.1.1", "0.1.1.0"], 'id="field-0.1.1.0"'),
        ("remove:0.0", ["0", "0.0", "0.0.0"], 'id="add-rule-0"'),
        ("remove:0.1.0", ["0", "0.0", "0.1"], 'id="add-rule-0.1"'),
        ("remove:0.1", ["0", "0.0"], 'id="add-rule-0"'),
        ("remove:0", ["0", "0.0", "0.1", "0.1.0"], ""),
        ("remove:0.7", ["0", "0.0", "0.1", "0.1.0"], ""),
        ("add-rule:0.0", ["0", "0.0", "0.1", "0.1.0"], ""),
        ("burn:it", ["0", "0.0", "0.1", "0.1.0"], ""),
    ],
)
def test_buttons_change_the_tree_and_say_where_to_go_on(admin, do, there, focus):
    page, html = rules_after(admin, group("all", PREMIUM, group("any", NO_CITY)), do)
    assert [part.split('"')[0] for part in html.split('name="node" value="')[1:]] == there
    assert html.count("autofocus") == bool(focus)
    if focus:
        assert "autofocus" in html.split(focus)[1].split(">")[0]
    assert page["HX-Trigger-After-Settle"] == "rules-changed"


def test_another_field_brings_its_own_operators_and_inputs(admin):
    _page, html = rules_after(admin, group("all", rule("created_at", "is", "Oslo")))
    assert "is in the last … days" in html
    assert 'type="number" name="value-0.0" value="Oslo"' in html


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"node": ["0"]},
        {"node": ["0.0", "0"], "match-0": "all", "field-0.0": "city"},
        {"node": ["0", "0.x", "", "0.0.0"], "match-0": "sideways", "match-": "all"},
    ],
)
def test_a_post_that_no_page_makes_breaks_nothing(admin, data):
    assert admin.post(reverse("admin:contacts_segment_rules"), data).status_code == 200
    assert admin.post(reverse("admin:contacts_segment_count"), data).status_code == 200


def test_the_live_count_follows_the_rules(admin):
    ContactFactory.create_batch(2, attributes={"Plan": ["premium"]})
    ContactFactory(attributes={"Plan": ["premium"]}, city="Oslo")
    ContactFactory()
    page = count(admin, PREMIUM, group("none", rule("city", "is", "oslo")))
    assert (page.context["count"], len(page.context["sample"])) == (2, 2)


def test_the_live_count_says_what_is_wrong(admin):
    assert "Rule 1: " in count(admin, rule("city", "is", "")).content.decode()


def test_nobody_matching_is_said_in_words(admin):
    assert "Nobody matches" in count(admin, rule("city", "is", "Atlantis")).content.decode()


def staff(client, *codenames):
    user = User.objects.create_user("eve", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_the_live_count_needs_the_right_to_see_segments(client, db):
    assert count(staff(client)).status_code == 403


def test_people_are_named_only_to_those_who_may_see_contacts(client, db):
    ContactFactory()
    page = count(staff(client, "view_segment"))
    assert page.context["count"] == 1
    assert "sample" not in page.context


def test_who_may_only_look_reads_the_rules_in_words(client, db):
    segment = SegmentFactory(rules=group("any", group("none", NO_CITY), PREMIUM))
    page = staff(client, "view_segment").get(change_url(segment)).content.decode()
    assert "City is not known" in page
    assert "Add a rule" not in page
