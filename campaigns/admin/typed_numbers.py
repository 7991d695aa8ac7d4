"""What somebody typed for a test text that was refused, until the page shows it once more."""

from typing import Any

from django.http import HttpRequest

from contacts.masking import TYPED

KEPT = "typed_numbers"  # in the session: neither in the address nor in a log
LONGEST = 500


def pieces(text: str) -> list[str]:
    """Return the numbers that are written in one line."""
    return text.replace(",", "\n").replace(";", "\n").splitlines()


def keep(request: HttpRequest, campaign_id: int, chosen: list[int]) -> None:
    """Keep what was typed and chosen for the next look at the campaign's page."""
    typed = request.POST.get("numbers", "")[:LONGEST]
    request.session[KEPT] = {"campaign": campaign_id, "typed": typed, "chosen": chosen}


def kept(request: HttpRequest, campaign_id: int) -> dict[str, Any]:
    """Return what was kept, once; who typed a number sees it, whoever else may not."""
    found: dict[str, Any] = request.session.pop(KEPT, None) or {}
    if found.get("campaign") != campaign_id:
        return {}
    setattr(request, TYPED, pieces(found["typed"]))
    return {"typed": found["typed"], "chosen": found["chosen"]}
