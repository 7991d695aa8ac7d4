"""Try a campaign before anybody gets it: a text to colleagues, or a dry run of all of it."""

from collections.abc import Collection, Sequence

from django.contrib.admin.models import DELETION, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from campaigns import direct, india, remembered_numbers, tasks, templating
from campaigns.actions.acting import Actor, audit, check_may_launch, key
from campaigns.models import Campaign, DryRun, Message, RememberedNumber
from campaigns.readiness import check_ready
from campaigns.refusal import Refused
from contacts import attributes, endpoints, segments
from contacts.models import Contact
from contacts.phones import BadPhone, parse_phone

MOST_NUMBERS = remembered_numbers.MOST  # colleagues, not an audience


def dry_run(campaign_id: int, user: Actor) -> DryRun:
    """Play the campaign through without sending; the result grows on the campaign's page."""
    check_may_launch(user)
    with transaction.atomic():
        campaign = Campaign.objects.select_related("segment").get(pk=campaign_id)
        check_ready(campaign)
        asked = DryRun.objects.create(
            campaign=campaign,
            version=campaign.version,
            asked_by_id=key(user),
            asked_at=timezone.now(),
        )
        audit(user, campaign, "Asked for a dry run.")
        transaction.on_commit(lambda: tasks.dry_run.delay(asked.pk))
    return asked


def send_test(
    campaign_id: int, numbers: Sequence[str], user: Actor, remembered: Collection[int] = ()
) -> list[Message]:
    """Queue each of the campaign's texts to each number; return the messages.

    The numbers are those given and those of the person's own `remembered` rows; all of them are
    offered to this person the next time.

    They go through the gate as what they are: who has not opted in to the campaign's program
    gets nothing, and a promotional text keeps the hours. Somebody who is no contact sees the text
    as it is for one person of the segment.
    """
    check_may_launch(user)
    with transaction.atomic():
        campaign = Campaign.objects.select_related("originator", "segment").get(pk=campaign_id)
        phones = _phones([*_chosen(remembered, user), *numbers], campaign.originator.country)
        try:
            texts = _texts(campaign)
            queued = [_queue(campaign, phone, body, ids) for phone in phones for body, ids in texts]
        except (direct.NotPossible, segments.RuleError, LiquidError) as problem:
            raise Refused(str(problem)) from problem
        remembered_numbers.remember(key(user), phones, timezone.now())
        audit(user, campaign, f"Sent a test to {len(phones)} numbers.")
    return queued


def forget_number(remembered_id: int, user: Actor) -> None:
    """Offer this person one of their numbers no more; those of others are theirs to forget."""
    check_may_launch(user)
    with transaction.atomic():
        own = RememberedNumber.objects.select_for_update().filter(user=key(user), pk=remembered_id)
        if found := own.first():
            said = "Forgot a number for test texts."
            LogEntry.objects.log_actions(key(user), [found], DELETION, said, single_object=True)
            found.delete()


def _chosen(remembered: Collection[int], user: Actor) -> list[str]:
    found = remembered_numbers.chosen(key(user), remembered)
    if len(found) < len(set(remembered)):  # forgotten in another tab, or erased with the person
        raise Refused(_("A number that you chose is no longer remembered. Choose again."))
    return found


def _phones(numbers: Sequence[str], country: str) -> list[str]:
    found = [_phone(number.strip(), country) for number in numbers if number.strip()]
    if not found:
        raise Refused(_("Choose or write at least one number."))
    if len(found) > MOST_NUMBERS:
        raise Refused(_("A test goes to {} numbers at most.").format(MOST_NUMBERS))
    return list(dict.fromkeys(found))


def _texts(campaign: Campaign) -> list[tuple[str, india.Ids]]:
    """Return the campaign's own text and those of its treatments, each with its ids for India."""
    own = india.named(campaign.india_entity, campaign.india_template)
    others = [
        (one.body, india.of_treatment(own, one.india_template))
        for one in campaign.treatments.order_by("pk")
    ]
    return [(campaign.body, own), *others]


def _phone(number: str, country: str) -> str:
    try:
        return parse_phone(number, country).e164
    except BadPhone as problem:
        raise Refused(_("“{}”: {}").format(number[:30], problem)) from problem


def _named(campaign: Campaign, person: Contact) -> str:
    """Return what the campaign's program calls somebody; "" where it does not know them."""
    known = endpoints.active_of(campaign.program.application_id, person.phone)
    return known.endpoint_id if known else ""


def _queue(campaign: Campaign, phone: str, body: str, ids: india.Ids) -> Message:
    person = Contact.objects.filter(phone=phone).first()
    person = person or segments.matching(campaign.segment.rules).order_by("pk").first()
    fields = attributes.merge_fields(person, _named(campaign, person)) if person else {}
    return direct.send(
        phone=phone,
        body=templating.render(body, fields),
        program_id=campaign.program_id,
        originator_id=campaign.originator_id,
        purpose=Message.Purpose.TEST,
        country_parameters=ids,
    )
