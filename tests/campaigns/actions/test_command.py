import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_a_campaign_is_launched_paused_resumed_and_cancelled(draft, ana, capsys):
    for action in ("launch", "pause", "resume", "cancel"):
        call_command("campaign", action, draft.pk, user="ana")
    draft.refresh_from_db()
    assert draft.status == "cancelled"
    assert "0 texts will not go, 0 had gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "user", "words"),
    [(None, "nobody", "no active user nobody"), (0, "ana", "no campaign 0"),
     (None, "analyst", "permission"), (None, "ana", "only while it is scheduled or sending")],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(draft, ana, analyst, number, user, words):
    with pytest.raises(CommandError, match=words):
        call_command("campaign", "pause", draft.pk if number is None else number, user=user)
