"""What goes out and what comes back: campaigns, their runs, messages, and AWS's events."""

from campaigns.models.campaign import Campaign, Run
from campaigns.models.event import Event
from campaigns.models.inbound import InboundMessage
from campaigns.models.message import OPEN, TERMINAL, Message

__all__ = ("OPEN", "TERMINAL", "Campaign", "Event", "InboundMessage", "Message", "Run")
