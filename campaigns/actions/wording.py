"""What AWS answers to words that people text to a number, and the tags of anything at AWS."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from campaigns.actions.acting import Actor
from campaigns.actions.provisioning import ask, changeable, check_may, row_of
from campaigns.aws_audit import Kept
from campaigns.models import AwsIdentity
from campaigns.refusal import Refused
from pinpoint import provisioning as calls
from pinpoint.calls import Call, Made
from pinpoint.identities import SENDER_ID


def put_keyword(pk: int, word: str, message: str, action: str, user: Actor) -> AwsIdentity:
    """Have AWS answer texts that begin with a word."""
    row = changeable(pk, user)
    word, message = word.strip().upper(), message.strip()
    if not word or len(word) > 30 or not message or len(message) > 1600:
        raise Refused(_("Give a word of 30 characters at most, and its answer."))
    if word == "STOP" and action != "OPT_OUT":
        raise Refused(_("STOP must opt people out."))
    if row.originator.kind == SENDER_ID:
        raise Refused(_("Nobody can answer a sender ID."))
    call = calls.put_keyword(row.aws_id, word, message, action)
    entry = {"word": word, "message": message, "action": action}

    def put(now: AwsIdentity) -> None:
        now.keywords = [*_without(now, word), entry]

    return _with_words(call, user, row, f"Keyword {word}.", put)


def drop_keyword(pk: int, word: str, user: Actor) -> AwsIdentity:
    """Have AWS answer a word no longer."""
    row = changeable(pk, user)
    if word.upper() in {"STOP", "HELP"}:
        raise Refused(_("HELP and STOP stay; only their words can be changed."))
    call = calls.drop_keyword(row.aws_id, word)

    def drop(now: AwsIdentity) -> None:
        now.keywords = _without(now, word.upper())

    return _with_words(call, user, row, f"No keyword {word}.", drop)


def _without(row: AwsIdentity, word: str) -> list[dict[str, str]]:
    return [one for one in row.keywords if one["word"].upper() != word]


def tag(pk: int, name: str, value: str, user: Actor) -> AwsIdentity:
    """Put a tag on something."""
    check_may(user)
    row, name = row_of(pk), name.strip()
    if not name or len(name) > 128 or len(value) > 256:
        raise Refused(_("A tag has a name of 128 characters at most, and a value of 256."))

    def put(now: AwsIdentity) -> None:
        now.tags = {**now.tags, name: value}

    return _with_words(calls.tag(row.arn, name, value), user, row, f"Tag {name}.", put)


def untag(pk: int, name: str, user: Actor) -> AwsIdentity:
    """Take a tag off something."""
    check_may(user)
    row = row_of(pk)

    def drop(now: AwsIdentity) -> None:
        now.tags = {one: value for one, value in now.tags.items() if one != name}

    return _with_words(calls.untag(row.arn, name), user, row, f"No tag {name}.", drop)


def _with_words(
    call: Call, user: Actor, row: AwsIdentity, said: str, change: Callable[[AwsIdentity], None]
) -> AwsIdentity:
    def keep(_made: Made) -> Kept:
        # As they are by now: somebody else may have put other words while AWS was asked.
        now = AwsIdentity.objects.select_for_update(of=["self"]).get(pk=row.pk)
        change(now)
        now.save(update_fields=["keywords", "tags"])
        return Kept(row, said)

    ask(call, user, row, keep)
    return row
