"""`manage.py campaign ACTION ID --user NAME`: what the buttons of the admin do."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import actions
from campaigns.models import Campaign


class Command(BaseCommand):
    help = "Launch, pause, resume or cancel a campaign, or take it through its review."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=sorted(DO))
        parser.add_argument("id", type=int, help="the campaign's number, as `campaigns` lists it")
        parser.add_argument("--user", required=True, help="who does it, by login name")
        parser.add_argument("--comment", default="", help="of a reviewer")

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model().objects
        user = users.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']}.")
        try:
            said = DO[options["action"]](options["id"], user, options["comment"])
        except (actions.Refused, PermissionDenied) as refusal:
            raise CommandError(str(refusal)) from refusal
        except Campaign.DoesNotExist as error:
            raise CommandError(f"There is no campaign {options['id']}.") from error
        self.stdout.write(said)


def _launch(campaign_id: int, user: User, comment: str) -> str:
    run = actions.launch(campaign_id, user)
    return f"Run {run.number} has begun." if run else "Scheduled."


def _pause(campaign_id: int, user: User, comment: str) -> str:
    actions.pause(campaign_id, user)
    return "Paused."


def _resume(campaign_id: int, user: User, comment: str) -> str:
    actions.resume(campaign_id, user)
    return "Resumed."


def _cancel(campaign_id: int, user: User, comment: str) -> str:
    came_to = actions.cancel(campaign_id, user)
    return f"Cancelled: {came_to.stopped} texts will not go, {came_to.gone} had gone."


def _submit(campaign_id: int, user: User, comment: str) -> str:
    actions.submit(campaign_id, user)
    return "In review."


def _approve(campaign_id: int, user: User, comment: str) -> str:
    actions.approve(campaign_id, user, comment)
    return "Approved."


def _send_back(campaign_id: int, user: User, comment: str) -> str:
    actions.send_back(campaign_id, user, comment)
    return "Sent back."


DO = {
    "launch": _launch,
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "submit": _submit,
    "approve": _approve,
    "send-back": _send_back,
}
