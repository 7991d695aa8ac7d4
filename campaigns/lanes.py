"""What is claimed and paced together: the texts of a run, or an originator's direct texts."""

from dataclasses import dataclass

from django.conf import settings

from campaigns.models import Message, Run
from campaigns.pacing import Bucket
from compliance.addresses import Address
from compliance.gate import Purpose, Question
from compliance.models import MessageClass, Originator

# Direct texts that answer what a person has just done; all others need a consent like any text.
ANSWERS = {
    Message.Purpose.OPT_IN: Purpose.OPT_IN_CONFIRMATION,
    Message.Purpose.OPT_OUT: Purpose.OPT_OUT_CONFIRMATION,
    Message.Purpose.HELP: Purpose.HELP_REPLY,
    Message.Purpose.REPLY: Purpose.CONVERSATION,
}


def shared_bucket(originator: Originator) -> Bucket:
    """Return the limit that AWS holds an originator to, which is slowed down where it throttles.

    Carriers count a 10DLC campaign's numbers together.
    """
    shared = originator.ten_dlc_campaign
    limit = shared.parts_per_second if shared else originator.parts_per_second
    return Bucket(shared_name(originator.pk, originator.ten_dlc_campaign_id), limit)


def shared_name(originator_id: int, ten_dlc_campaign_id: int | None) -> str:
    """Return the name of that bucket."""
    return f"10dlc:{ten_dlc_campaign_id}" if ten_dlc_campaign_id else f"originator:{originator_id}"


@dataclass(frozen=True, slots=True)
class Where:
    """Names a lane: a run, or the originator of direct texts."""

    run_id: int | None = None
    originator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A run, or, without one, the direct texts from one originator, which go first."""

    originator: Originator
    run: Run | None = None

    @classmethod
    def of(cls, where: Where) -> "Lane":
        """Load a lane. One query."""
        if where.run_id is None:
            originators = Originator.objects.select_related("brand", "ten_dlc_campaign")
            return cls(originators.get(pk=where.originator_id or 0))
        run = Run.objects.select_related(
            "campaign__originator__brand",
            "campaign__originator__ten_dlc_campaign",
            "campaign__program",
        ).get(pk=where.run_id)
        return cls(run.campaign.originator, run)

    @property
    def where(self) -> Where:
        """What names it."""
        return Where(run_id=self.run.pk) if self.run else Where(originator_id=self.originator.pk)

    @property
    def rank(self) -> int:
        """Which lanes are worked on first: direct texts, then transactional campaigns."""
        if self.run is None:
            return 0
        return 2 if self.run.campaign.message_class == MessageClass.PROMOTIONAL else 1

    def __str__(self) -> str:
        return f"run {self.run.pk}" if self.run else f"direct texts of {self.originator.pk}"

    @property
    def goes_first(self) -> bool:
        """Whether its texts are taken before those of campaigns where there is little room."""
        return self.run is None

    @property
    def parts_per_second(self) -> int:
        """The smallest limit of the lane that is known here."""
        return min(bucket.parts_per_second for bucket in self.buckets())

    @property
    def shared_bucket(self) -> Bucket:
        """The limit that AWS holds us to: of the 10DLC campaign, else of the originator."""
        return shared_bucket(self.originator)

    def buckets(self) -> list[Bucket]:
        """Return every limit that the lane's texts are counted against."""
        found = [Bucket(f"originator:{self.originator.pk}", self.originator.parts_per_second)]
        if self.originator.ten_dlc_campaign:
            found.append(self.shared_bucket)
        if self.run:
            campaign = self.run.campaign
            found.append(Bucket(f"campaign:{campaign.pk}", campaign.messages_per_second))
        if settings.ACCOUNT_PARTS_PER_SECOND:
            found.append(Bucket("account", settings.ACCOUNT_PARTS_PER_SECOND))
        return found

    def question(self, message: Message) -> Question:
        """Ask the gate about a message; what the person had before is added by the caller."""
        contact = message.contact
        stated_zone, address = "", Address()
        if contact:
            stated_zone = contact.timezone
            address = Address(contact.country, contact.region, contact.city, contact.postal_code)
        if self.run is None:
            return Question(
                phone=message.phone,
                program_id=message.program_id or 0,
                message_class=self._class_of(message),
                stated_zone=stated_zone,
                address=address,
                purpose=ANSWERS.get(Message.Purpose(message.purpose), Purpose.CAMPAIGN),
                prompted_at=message.created_at,
            )
        campaign = self.run.campaign
        return Question(
            phone=message.phone,
            program_id=campaign.program_id,
            message_class=campaign.message_class,
            stated_zone=stated_zone,
            address=address,
            daily_limit=campaign.daily_limit,
            total_limit=campaign.total_limit,
            hours=campaign.window,
        )

    def _class_of(self, message: Message) -> str:
        """A test is asked about as what it tests; other direct texts say by their purpose."""
        match message.purpose:
            case Message.Purpose.TEST:
                return self.originator.message_class
            case Message.Purpose.OFFER:
                return MessageClass.PROMOTIONAL
        return MessageClass.TRANSACTIONAL
