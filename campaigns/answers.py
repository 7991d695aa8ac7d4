"""What we answer to STOP, START and HELP, where AWS leaves that to us. The gate lets it pass.

A confirmation of an opt-out holds nothing promotional and goes once (47 CFR 64.1200(a)(12)); the
answer to HELP names the brand, a contact and the way out (CTIA).
"""

import logging
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from campaigns import direct
from campaigns.models import InboundMessage, Message
from compliance.models import Originator, Program

logger = logging.getLogger(__name__)
ONCE_IN = timedelta(hours=24)
# Two machines that answer each other's HELP would not stop by themselves.
MOST_HELP_IN_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class Voice:
    """From which number and in whose name an answer goes."""

    originator: Originator
    program: Program


def voice_of(message: InboundMessage) -> Voice | None:
    """Find who answers a text; None where AWS, or the carrier, does that itself."""
    last = message.answers or _last_text(message.sender)
    originator = Originator.objects.filter(identity=message.recipient).first()
    if originator is None and last is not None:  # the number may be one of a pool
        originator = last.campaign.originator if last.campaign else last.originator
    if originator is None or not originator.self_managed_opt_outs:
        return None
    program = last and (last.campaign.program if last.campaign else last.program)
    program = program or Program.objects.order_by("pk").first()
    return Voice(originator, program) if program else None


def _last_text(phone: str) -> Message | None:
    return (
        Message.objects.select_related(
            "campaign__program", "campaign__originator", "program", "originator"
        )
        .filter(phone=phone, sent_at__isnull=False)
        .order_by("-pk")
        .first()
    )


def confirm_opt_out(message: InboundMessage, voice: Voice, language: str, scope: str) -> bool:
    """Confirm an opt-out, unless that was done within the last 24 hours; say whether it is.

    Call it after the opt-out was recorded: the ledger's lock keeps two STOPs apart.
    """
    recently = message.received_at - ONCE_IN
    earlier = Message.objects.filter(
        phone=message.sender, purpose=Message.Purpose.OPT_OUT, created_at__gt=recently
    )
    if earlier.exists():
        return True
    name = "opt_out" if scope == "all" else "opt_out_marketing"
    return _send(message, voice, Message.Purpose.OPT_OUT, name, language)


def welcome_back(message: InboundMessage, voice: Voice, language: str) -> bool:
    """Confirm that somebody gets texts again; the gate holds it back if they never said yes."""
    return _send(message, voice, Message.Purpose.OPT_IN, "opt_in", language)


def help_out(message: InboundMessage, voice: Voice, language: str) -> bool:
    """Answer HELP, whoever asks; say whether it was."""
    lately = Message.objects.filter(
        phone=message.sender,
        purpose=Message.Purpose.HELP,
        created_at__gt=message.received_at - timedelta(hours=1),
    )
    if lately.count() >= MOST_HELP_IN_AN_HOUR:
        return False
    return _send(message, voice, Message.Purpose.HELP, "help", language)


def _send(
    message: InboundMessage, voice: Voice, purpose: Message.Purpose, name: str, language: str
) -> bool:
    try:
        direct.send(
            phone=message.sender,
            body=words(name, language, voice.program),
            program_id=voice.program.pk,
            originator_id=voice.originator.pk,
            purpose=purpose,
            key=f"answer:{message.pk}",
            now=message.received_at,  # the gate counts the five minutes from here
        )
    except direct.NotPossible as problem:
        logger.error("an answer cannot be sent: %s", problem)
        return False
    return True


def words(name: str, language: str, program: Program) -> str:
    """Return an answer in a language, or in English where there is none."""
    texts = _texts()
    text = texts.get(language, texts["en"])
    contact = text["contact"].format(program.support_contact) if program.support_contact else ""
    said: str = text[name].format(brand=program.brand, contact=contact)
    return " ".join(said.split())


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("campaigns").joinpath("answers.toml").read_text())
