"""Templates of texts. They belong to the installation, as they belonged to the AWS account."""

import json
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import actions
from campaigns.models import MessageTemplate, TemplateVersion
from campaigns.pinpoint_v1 import handlebars
from campaigns.refusal import Refused
from config.pinpoint_api import tags
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.paging import page
from pinpoint.v1_api.errors import BadRequest, NotFound
from pinpoint.v1_api.writing import iso

LONGEST = 1600  # characters of a text before it is rendered (aws-sms.md 10.3)
SMS = "SMS"
BY = " by the interface"


def create_sms_template(call: Call) -> Answer:
    """Write a new one, as version 1."""
    name = call.params["TemplateName"]
    if MessageTemplate.objects.filter(name=name).exists():
        raise BadRequest(f"TemplateName: there is a template {name}; use UpdateSmsTemplate.")
    words = words_of(call.payload, actions.Words(""))
    template = MessageTemplate(name=name)
    with transaction.atomic():
        actions.write_template(template, words, call.user, BY)
        tags.put(arn_of(template), call.payload.get("tags", {}))
    answer = {"Arn": arn_of(template), "Message": "Created", "RequestID": call.request_id}
    return {"CreateTemplateMessageBody": answer}


def get_sms_template(call: Call) -> Answer:
    """Describe the version in use, or the one that is named."""
    template = _found(call)
    version = _version(template, call.params.get("Version"))
    answer = _described(template, version) | {"Body": version.written or version.body}
    return {"SMSTemplateResponse": answer}


def update_sms_template(call: Call) -> Answer:
    """Write the latest version anew, or, with CreateNewVersion, one more."""
    with transaction.atomic():
        _rewrite(call)
    return _accepted(call)


def _rewrite(call: Call) -> None:
    """Write a template anew; a second call goes on from what the first wrote."""
    template = MessageTemplate.objects.select_for_update().get(pk=_found(call).pk)
    number = actions.latest(template)
    if call.params.get("Version") not in {None, str(number), "latest"}:
        raise BadRequest(f"version: only the latest can be written anew, which is {number}.")
    new = bool(call.params.get("CreateNewVersion"))
    before = template.versions.get(number=number)
    words = words_of(
        call.payload,
        actions.Words(before.body, before.description, before.written, before.defaults),
    )
    actions.rewrite_template(template.pk, words, call.user, new=new, active=False, by=BY)
    tags.put(arn_of(template), call.payload.get("tags", {}))


def delete_sms_template(call: Call) -> Answer:
    """Delete it, or one version of it."""
    template, said = _found(call), call.params.get("Version")
    number = _version(template, said).number if said else None
    with transaction.atomic():
        actions.delete_template(template.pk, call.user, number)
        if number is None:
            tags.forget(arn_of(template))
    return _accepted(call)


def list_templates(call: Call) -> Answer:
    """List those in use, the newest first."""
    found = MessageTemplate.objects.all()
    if call.params.get("TemplateType", SMS) != SMS:
        found = found.none()
    if prefix := call.params.get("Prefix"):
        found = found.filter(name__startswith=prefix)
    rows, token = page(call, found, by="NextToken")
    items = [_described(one, _version(one, None)) for one in rows]
    answer: Answer = {"Item": items}
    return {"TemplatesResponse": answer | ({"NextToken": token} if token else {})}


def list_template_versions(call: Call) -> Answer:
    """List all versions of one."""
    _check_type(call)
    template = _found(call)
    rows, token = page(call, template.versions.all(), by="NextToken")
    kept = ("Arn", "tags")
    items = [
        {name: value for name, value in _described(template, row).items() if name not in kept}
        for row in rows
    ]
    answer: Answer = {"Item": items, "RequestID": call.request_id}
    return {"TemplateVersionsResponse": answer | ({"NextToken": token} if token else {})}


def update_template_active_version(call: Call) -> Answer:
    """Use another version."""
    _check_type(call)
    template, said = _found(call), call.payload.get("Version", "latest")
    latest = said == "latest"
    number = actions.latest(template) if latest else _version(template, said).number
    actions.use_template_version(template.pk, number, call.user)
    return _accepted(call)


def version_of(name: str, said: str | None) -> TemplateVersion:
    """Return a template's version that is named, or the one in use. Raises Refused."""
    template = MessageTemplate.objects.filter(name=name).first()
    if template is None:
        raise Refused(_("SMSTemplate.Name: there is no template {}.").format(name))
    return _version(template, said)


def text_for_campaigns(name: str, said: str | None) -> tuple[str, str]:
    """Return a template's text in Liquid and as it was written. Raises Refused.

    Names that only SendMessages fills in (`{{code}}`) need a default there.
    """
    version = version_of(name, said)
    if not version.written:
        return version.body, version.body
    translated = handlebars.translate(version.written, version.defaults)
    if translated.problems:
        said_of = "; ".join(map(str, translated.problems))
        raise Refused(f"SMSTemplate {name}: {said_of}")
    return translated.body, version.written


def words_of(request: dict[str, Any], before: actions.Words) -> actions.Words:
    """Return what a request makes of the words there were before. Raises Refused."""
    if request.get("RecommenderId"):
        raise Refused(_("RecommenderId: Sendpoint has no recommender models."))
    written = request.get("Body", before.written or before.body)
    if not written.strip() or len(written) > LONGEST:
        raise Refused(_("Body: 1 to {} characters.").format(LONGEST))
    defaults = before.defaults
    if "DefaultSubstitutions" in request:
        defaults = _defaults(request["DefaultSubstitutions"])
    description = request.get("TemplateDescription", before.description)
    if len(description) > 500:
        raise Refused(_("TemplateDescription: at most 500 characters."))
    if "Body" not in request and not before.written:  # written here, in Liquid
        return actions.Words(before.body, description, "", defaults)
    translated = handlebars.translate(written, defaults, variables=True)
    if translated.problems:
        raise Refused("Body: " + "; ".join(map(str, translated.problems)))
    return actions.Words(translated.body, description, written, defaults)


def _defaults(said: str) -> dict[str, str]:
    """Read DefaultSubstitutions: a JSON object in a text."""
    wanted = _('DefaultSubstitutions: write an object such as {"Attributes.Name": "friend"}.')
    try:
        found = orjson.loads(said or "{}")
    except ValueError as error:
        raise Refused(wanted) from error
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Refused(wanted)
    if any("\0" in name + value for name, value in found.items()):
        raise Refused(_("DefaultSubstitutions: has a character NUL."))
    return found


def _check_type(call: Call) -> None:
    if call.params["TemplateType"].upper() != SMS:
        raise NotFound("Sendpoint has templates of the type SMS only.")


def _found(call: Call) -> MessageTemplate:
    name = call.params["TemplateName"]
    template = MessageTemplate.objects.filter(name=name).first()
    if template is None:
        raise NotFound(f"There is no template {name}.")
    return template


def _version(template: MessageTemplate, said: str | None) -> TemplateVersion:
    number = said or str(template.active_version)
    found = template.versions.filter(number=int(number)) if number.isdecimal() else None
    if version := found.first() if found is not None else None:
        return version
    raise NotFound(f"The template {template} has no version {number}.")


def _described(template: MessageTemplate, version: TemplateVersion) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "Arn": arn_of(template),
        "tags": tags.of(arn_of(template)),
        "CreationDate": iso(version.created_at),
        "LastModifiedDate": iso(version.saved_at),
        "TemplateName": template.name,
        "TemplateType": SMS,
        "Version": str(version.number),
    }
    if version.defaults:
        answer["DefaultSubstitutions"] = json.dumps(version.defaults, ensure_ascii=False)
    if version.description:
        answer["TemplateDescription"] = version.description
    return answer


def _accepted(call: Call) -> Answer:
    return {"MessageBody": {"Message": "Accepted", "RequestID": call.request_id}}


def arn_of(template: MessageTemplate) -> str:
    """Return the ARN of a template."""
    return arn(f"templates/{template.name}/{SMS}")
