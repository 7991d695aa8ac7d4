import factory
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from campaigns import actions, preflight, tasks
from campaigns.models import AwsIdentity, Run, Waiver
from compliance import ledger
from compliance.models import LedgerEntry, Originator
from tests.campaigns.factories import NOON, CampaignFactory, ContactFactory, opted_in
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db
REASON = "Age gate with date of birth, ticket 41"


@pytest.fixture
def officer():
    return get_user_model().objects.create_superuser("officer")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.build_audience, "delay", lambda run_id: None)


@pytest.fixture
def campaign():
    people = ContactFactory.create_batch(3)
    made = CampaignFactory(body="Acme: hello. Reply STOP to opt out.")
    opted_in(made.program, *(person.phone for person in people))
    return made


def red(campaign):
    return {point.key for point in preflight.red(campaign)}


def rewritten(campaign, body):
    campaign.body = body
    campaign.save()
    return campaign


def point(campaign, key):
    return next(point for point in preflight.check(campaign) if point.key == key)


def test_there_are_the_six_points_the_number_and_the_text(campaign):
    keys = [point.key for point in preflight.check(campaign)]
    assert keys == [
        "opt_in", "opt_out", "quiet_hours", "records", "registration", "sharing", "number",
        "text",
    ]  # fmt: skip


def test_a_campaign_in_order_is_green(campaign):
    assert red(campaign) == set()


def test_a_campaign_to_nobody_who_said_yes_is_red(campaign):
    campaign.program = CampaignFactory().program
    campaign.save()
    assert red(campaign) == {"opt_in"}


def test_it_says_how_many_will_be_held_back(campaign):
    ContactFactory.create_batch(2)
    assert point(campaign, "opt_in").says.startswith("3 of 5 people said yes")
    assert "held back: 2" in point(campaign, "opt_in").says


def test_a_missing_opt_out_sentence_is_red_and_cannot_be_waived(campaign):
    stopping = point(rewritten(campaign, "Acme: hello."), "opt_out")
    assert (stopping.stops, stopping.waivable) == (True, False)


def test_an_opt_out_sentence_within_a_condition_is_none(campaign):
    body = "Acme: hello. {% if Attributes.Plan %}Reply STOP to opt out.{% endif %}"
    assert red(rewritten(campaign, body)) == {"opt_out"}


def test_an_offer_that_poses_as_transactional_is_red(campaign):
    campaign.message_class = "transactional"
    campaign.originator = OriginatorFactory(message_class="transactional")
    assert red(rewritten(campaign, "Acme: your order is here. 20% off the next.")) == {
        "quiet_hours"
    }


def test_a_yes_without_the_words_on_record_is_red(campaign):
    person = ContactFactory()
    ledger.append(
        [
            ledger.Act(
                phone=person.phone,
                act=LedgerEntry.Act.OPT_IN,
                source=LedgerEntry.Source.PAPER,
                program_id=campaign.program_id,
                happened_at=NOON,
            )
        ]
    )
    assert red(campaign) == {"records"}


def test_an_unregistered_10dlc_number_is_red(campaign):
    Originator.objects.update(registered=False)
    campaign.originator.refresh_from_db()
    assert red(campaign) == {"registration"}


def test_a_number_outside_the_us_needs_no_registration(campaign):
    Originator.objects.update(registered=False, country="GB")
    campaign.originator.refresh_from_db()
    assert red(campaign) == set()


def test_people_of_a_list_of_unclear_origin_make_it_red(campaign):
    person = ContactFactory()
    ledger.append(
        [
            ledger.Act(
                phone=person.phone,
                act=LedgerEntry.Act.OPT_IN,
                source=LedgerEntry.Source.IMPORT,
                program_id=campaign.program_id,
                happened_at=NOON,
                evidence={"basis": "other"},
                wording_sha256=ledger.keep_wording("Yes."),
            )
        ]
    )
    assert red(campaign) == {"sharing"}


def test_a_shortener_is_red_and_cannot_be_waived(campaign):
    text = point(rewritten(campaign, "Acme: bit.ly/x Reply STOP to opt out."), "text")
    assert (text.stops, text.waivable) == (True, False)


def test_launching_with_a_red_point_is_refused_with_its_reason(campaign, officer):
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    with pytest.raises(actions.Refused, match="age gate"):
        actions.launch(campaign.pk, officer)
    assert not Run.objects.exists()


def waive(campaign, officer, key="text", reason=REASON):
    return actions.waive(campaign.pk, key, point(campaign, key).subject, reason, officer)


def test_a_waiver_lets_the_campaign_go_and_is_logged(campaign, officer):
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    waiver = waive(campaign, officer)
    assert (waiver.granted_by, waiver.reason) == (officer, REASON)
    assert REASON in LogEntry.objects.get().change_message
    assert actions.launch(campaign.pk, officer).number == 1


def test_waiving_twice_leaves_one_waiver(campaign, officer):
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    waive(campaign, officer)
    waive(campaign, officer)
    assert (Waiver.objects.count(), LogEntry.objects.count()) == (1, 1)


def test_a_waiver_does_not_cover_another_text(campaign, officer):
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    waive(campaign, officer)
    assert red(rewritten(campaign, "Acme: wine and guns. Reply STOP to opt out.")) == {"text"}


def test_what_the_law_leaves_no_room_for_is_not_waived(campaign, officer):
    rewritten(campaign, "Acme: hello.")
    with pytest.raises(actions.Refused, match="cannot be waived"):
        waive(campaign, officer, "opt_out")


def test_missing_opt_in_is_not_waived(campaign, officer):
    campaign.program = CampaignFactory().program
    campaign.save()
    with pytest.raises(actions.Refused, match="cannot be waived"):
        waive(campaign, officer, "opt_in")


def test_a_waiver_needs_a_reason(campaign, officer):
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    with pytest.raises(actions.Refused, match="reason"):
        waive(campaign, officer, reason="  ok    ")


def test_a_checklist_that_changed_meanwhile_is_read_again(campaign, officer):
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    seen = point(campaign, "text").subject
    rewritten(campaign, "Acme: vodka. Reply STOP to opt out.")
    with pytest.raises(actions.Refused, match="changed"):
        actions.waive(campaign.pk, "text", seen, REASON, officer)


def test_who_may_only_launch_may_not_waive(campaign):
    marketer = get_user_model().objects.create_user("marketer")
    with pytest.raises(PermissionDenied):
        actions.waive(campaign.pk, "text", "", REASON, marketer)


def test_the_campaigns_page_shows_each_point(client, campaign, officer):
    client.force_login(officer)
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    page = client.get(reverse("admin:campaigns_campaign_checklist", args=[campaign.pk]))
    assert page.content.decode().count('data-state="green"') == 7
    assert page.content.decode().count('data-state="red"') == 1


def test_a_red_point_is_waived_on_the_page(client, campaign, officer):
    client.force_login(officer)
    rewritten(campaign, "Acme: wine. Reply STOP to opt out.")
    client.post(
        reverse("admin:campaigns_campaign_waive", args=[campaign.pk]),
        {"point": "text", "subject": point(campaign, "text").subject, "reason": REASON},
    )
    page = client.get(reverse("admin:campaigns_campaign_checklist", args=[campaign.pk]))
    assert "Waived by officer" in page.content.decode()


def test_the_checklist_takes_few_queries(campaign, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        preflight.check(campaign)


def test_it_says_what_one_emoji_would_cost(campaign):
    rewritten(campaign, f"Acme: {'hello ' * 20}Reply STOP to opt out.")
    assert "It is 1 part long. One emoji would make it 3" in point(campaign, "text").says


def test_people_whom_the_number_cannot_reach_are_counted_and_may_be_left(campaign):
    ContactFactory.create_batch(2, phone=factory.Sequence(lambda n: f"+6581234{n:03d}"))
    number = point(campaign, "number")
    assert number.says.startswith("SG (2): Carriers there take texts from a registered sender ID")
    assert (number.stops, number.waivable) == (True, True)


def test_a_number_that_reaches_none_of_the_people_cannot_be_waived(campaign):
    campaign.originator = OriginatorFactory(kind="SENDER_ID", identity="ACME", country="GB")
    number = point(campaign, "number")
    assert (number.stops, number.waivable) == (True, False)
    assert "Texts there come from numbers" in number.says


def test_a_number_of_the_other_class_is_red(campaign):
    campaign.originator = OriginatorFactory(message_class="transactional")
    assert "number" in red(campaign)


def test_what_aws_says_of_a_number_decides_whether_it_sends_abroad(campaign):
    ContactFactory(phone="+447400123456")
    assert "number" not in red(campaign)
    AwsIdentity.objects.create(
        aws_id="phone-1", arn="arn:1", originator=campaign.originator, read_at=NOON
    )
    assert "GB (1)" in point(campaign, "number").says
