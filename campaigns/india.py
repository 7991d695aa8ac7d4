"""What India asks of a text (its register, DLT): the ids of the sender and of the words.

By the names of SendTextMessage's DestinationCountryParameters, which AWS hands on to India's
carriers and to nobody else.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.refusal import Refused
from pinpoint.gateway import CountryParameter

Ids = Mapping[CountryParameter, str]
LONGEST = 64  # characters of an id, as AWS has it
ENTITY: CountryParameter = "IN_ENTITY_ID"
TEMPLATE: CountryParameter = "IN_TEMPLATE_ID"
PINPOINT = {"EntityId": ENTITY, "TemplateId": TEMPLATE}  # Pinpoint's names
ID = re.compile(rf"\S{{1,{LONGEST}}}")
PREFIX = "+91"  # no other country shares it
one_word = RegexValidator(r"^\S*\Z", gettext_lazy("An ID has no spaces in it."))


def asked(sms: Mapping[str, Any], where: str) -> Ids:
    """Return the ids that an SMSMessage of Pinpoint's names, by AWS's names. Raises Refused."""
    found: dict[CountryParameter, str] = {}
    for member, name in PINPOINT.items():
        if said := sms.get(member):
            if not ID.fullmatch(said):
                message = _("{member}: 1 to {most} characters without spaces.")
                raise Refused(message.format(member=f"{where}{member}", most=LONGEST))
            found[name] = said
    return found


def named(entity: str, template: str) -> Ids:
    """Return ids by AWS's names; those that are empty are left out."""
    found: dict[CountryParameter, str] = {ENTITY: entity, TEMPLATE: template}
    return {name: one for name, one in found.items() if one}


def of_treatment(common: Ids, template: str) -> Ids:
    """Return the ids of a treatment's text: the campaign's, and its own template if it has one."""
    return {**common, **named("", template)}


def id_field(name: Any, help_text: Any) -> "models.CharField[str, str]":
    """Return the field of a model that keeps one of the ids; "" for none."""
    return models.CharField(
        name,
        max_length=LONGEST,
        blank=True,
        default="",
        validators=[one_word],
        help_text=help_text,
    )


def asks(phone: str) -> bool:
    """Whether a number (E.164) is one of India, with whose texts ids go."""
    return phone.startswith(PREFIX)
