"""What goes out and what comes back: campaigns, their runs, messages, and AWS's events."""

from campaigns.models.account import AwsAccount, ReadSource
from campaigns.models.approval import Approval
from campaigns.models.campaign import EDITABLE, ENDED, Campaign
from campaigns.models.conversation import (
    CannedReply,
    Conversation,
    KeywordAnswer,
    KeywordRule,
)
from campaigns.models.dry_run import DryRun
from campaigns.models.event import Event
from campaigns.models.happening import Happening
from campaigns.models.identity import AwsIdentity
from campaigns.models.inbound import InboundMessage, PersonEvent
from campaigns.models.message import OPEN, TERMINAL, Message
from campaigns.models.outgoing import Destination, OutgoingEvent
from campaigns.models.registration import Registration, RegistrationForm
from campaigns.models.remembered import RememberedNumber
from campaigns.models.run import Run
from campaigns.models.spend import ELSEWHERE, BrandDay, Price, Spending, SpendLimit
from campaigns.models.stream import StreamShard
from campaigns.models.sync import AccountFact, AwsFigure, AwsSource
from campaigns.models.template import MessageTemplate, TemplateVersion
from campaigns.models.treatment import Treatment
from campaigns.models.version import CampaignVersion
from campaigns.models.waiver import Waiver

__all__ = (
    "EDITABLE",
    "ELSEWHERE",
    "ENDED",
    "OPEN",
    "TERMINAL",
    "AccountFact",
    "Approval",
    "AwsAccount",
    "AwsFigure",
    "AwsIdentity",
    "AwsSource",
    "BrandDay",
    "Campaign",
    "CampaignVersion",
    "CannedReply",
    "Conversation",
    "Destination",
    "DryRun",
    "Event",
    "Happening",
    "InboundMessage",
    "KeywordAnswer",
    "KeywordRule",
    "Message",
    "MessageTemplate",
    "OutgoingEvent",
    "PersonEvent",
    "Price",
    "ReadSource",
    "Registration",
    "RegistrationForm",
    "RememberedNumber",
    "Run",
    "SpendLimit",
    "Spending",
    "StreamShard",
    "TemplateVersion",
    "Treatment",
    "Waiver",
)
