"""What a person can do with a campaign. Each action checks permission, changes state and leaves its
audit row in one transaction; admin, commands and API all come through here."""

from campaigns.actions.acting import Actor, Refused
from campaigns.actions.launching import launch
from campaigns.actions.stopping import cancel, pause, resume

__all__ = ("Actor", "Refused", "cancel", "launch", "pause", "resume")
