"""The simulated account: what it owns when it begins, and what it may do."""

from dataclasses import dataclass

ACCOUNT_ID = "111122223333"
REGION = "us-east-1"
EVENTS_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:sendpoint-events"
INBOUND_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:sendpoint-inbound"
CREATED_AT = 1_767_225_600.0  # 1 January 2026, epoch seconds: when everything here was bought


def arn(kind: str, name: str) -> str:
    """Return the ARN of a thing of this account, such as a phone-number."""
    return f"arn:aws:sms-voice:{REGION}:{ACCOUNT_ID}:{kind}/{name}"


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number (or, with number_type SENDER_ID, a sender ID) that texts are sent from."""

    number: str
    number_id: str
    number_type: str  # SHORT_CODE, LONG_CODE, TOLL_FREE, TEN_DLC, SIMULATOR
    message_type: str  # PROMOTIONAL or TRANSACTIONAL
    parts_per_second: float
    self_managed_opt_outs: bool = True  # False: AWS acts on STOP itself
    two_way: bool = True
    inbound_topic: str = INBOUND_TOPIC
    opt_out_list: str = "Default"
    pool_id: str = ""
    iso_country_code: str = "US"
    status: str = "ACTIVE"
    capabilities: tuple[str, ...] = ("SMS",)
    monthly_price: str = "1.00"
    deletion_protection: bool = False
    international: bool = False
    registration_id: str = ""
    two_way_role: str = ""
    daily_cap: int = 0  # T-Mobile's, as AWS tells it; 0: none
    created_at: float = CREATED_AT
    later: tuple[tuple[float, str], ...] = ()  # when (epoch seconds) it gets which status

    @property
    def arn(self) -> str:
        """The name of this number all over AWS."""
        return arn("phone-number", self.number_id)


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool; its members are the numbers that name it."""

    pool_id: str
    message_type: str
    opt_out_list: str = "Default"
    self_managed_opt_outs: bool = True
    two_way: bool = True
    inbound_topic: str = INBOUND_TOPIC
    two_way_role: str = ""
    shared_routes: bool = False
    deletion_protection: bool = False
    senders: tuple[str, ...] = ()  # sender IDs with their countries: ACME/GB
    created_at: float = CREATED_AT

    @property
    def arn(self) -> str:
        """The name of this pool all over AWS."""
        return arn("pool", self.pool_id)


@dataclass(frozen=True, slots=True)
class ConfigurationSet:
    """A configuration set with one SNS event destination (none when topic_arn is empty)."""

    name: str
    topic_arn: str = EVENTS_TOPIC
    event_types: tuple[str, ...] = ("TEXT_ALL",)
    enabled: bool = True
    default_message_type: str = ""
    destination: str = "sns"  # the name of its event destination
    created_at: float = CREATED_AT
    protect_id: str = ""  # of the protect configuration that holds for texts which name this one

    @property
    def arn(self) -> str:
        """The name of this configuration set all over AWS."""
        return arn("configuration-set", self.name)

    def publishes(self, event_type: str) -> bool:
        """Tell whether events of this type go to the topic."""
        wanted = {"ALL", "TEXT_ALL", event_type}
        return self.enabled and bool(self.topic_arn) and not wanted.isdisjoint(self.event_types)


@dataclass(frozen=True, slots=True)
class SenderId:
    """A name that texts can come from, where the country allows it."""

    sender_id: str
    iso_country_code: str
    message_types: tuple[str, ...] = ("TRANSACTIONAL", "PROMOTIONAL")
    parts_per_second: float = 10
    deletion_protection: bool = False
    registered: bool = False
    registration_id: str = ""
    since: float = 0.0  # one that is being registered is there from then on

    @property
    def key(self) -> str:
        """One text in two countries is two sender IDs."""
        return f"{self.sender_id}/{self.iso_country_code}"

    @property
    def arn(self) -> str:
        """The name of this sender ID all over AWS."""
        return arn("sender-id", self.key)


CAMPAIGN_REGISTRATION = f"registration-{100:032x}"
TOLL_FREE_REGISTRATION = f"registration-{101:032x}"
DEFAULT_NUMBERS = (
    Number(
        "+12065550100",
        f"phone-{100:032x}",
        "TEN_DLC",
        "PROMOTIONAL",
        100,
        registration_id=CAMPAIGN_REGISTRATION,
        daily_cap=200_000,
    ),
    # The carriers answer STOP on toll-free numbers; nobody else can.
    Number(
        "+12065550101",
        f"phone-{101:032x}",
        "TOLL_FREE",
        "TRANSACTIONAL",
        3,
        self_managed_opt_outs=False,
        monthly_price="2.00",
        registration_id=TOLL_FREE_REGISTRATION,
    ),
    Number("+12065550102", f"phone-{102:032x}", "SIMULATOR", "TRANSACTIONAL", 10),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Everything the account owns, and its limits."""

    tier: str = "PRODUCTION"  # or SANDBOX
    spend_limit_usd: float = 1000  # per calendar month, UTC
    requests_per_second: float | None = None  # over all operations; None = no limit
    dry_run_parts_per_second: float = 5
    numbers: tuple[Number, ...] = DEFAULT_NUMBERS
    pools: tuple[Pool, ...] = ()
    configuration_sets: tuple[ConfigurationSet, ...] = (ConfigurationSet("sendpoint"),)
    sender_ids: tuple[SenderId, ...] = ()
    opt_out_lists: tuple[str, ...] = ("Default",)
    verified_numbers: tuple[str, ...] = ()  # whom a sandbox account may text
    price_per_part_usd: float = 0.00581
    carrier_fee_per_part_usd: float = 0.00304  # of the US carriers
    day_seconds: float = 86_400  # how long a day of those takes who register and provision

    def topics(self) -> tuple[str, ...]:
        """Return every topic that events are published to."""
        return tuple(item.topic_arn for item in self.configuration_sets if item.topic_arn)
