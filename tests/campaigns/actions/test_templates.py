import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from campaigns import actions
from campaigns.models import MessageTemplate

pytestmark = pytest.mark.django_db
WORDS = actions.Words("Acme: welcome. Reply STOP to opt out.", "First text")


@pytest.fixture
def template(admin_user):
    made = MessageTemplate(name="welcome")
    actions.write_template(made, WORDS, admin_user)
    return made


def test_a_save_in_the_admin_is_a_version_in_use(admin_client, template):
    page = reverse("admin:campaigns_messagetemplate_change", args=[template.pk])
    form = {"description": "Second", "body": "Acme: hello.", "versions-TOTAL_FORMS": 0}
    admin_client.post(page, form | {"versions-INITIAL_FORMS": 0})
    template.refresh_from_db()
    assert (template.active_version, template.body, template.name) == (2, "Acme: hello.", "welcome")
    assert [one.number for one in template.versions.order_by("number")] == [1, 2]
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert said == ["Made.", "Wrote version 2."]


def test_a_text_that_does_not_parse_is_not_kept(admin_client, template):
    page = reverse("admin:campaigns_messagetemplate_add")
    answer = admin_client.post(page, {"name": "broken", "body": "{% if %}"})
    assert "does not parse" in answer.content.decode()
    assert MessageTemplate.objects.count() == 1


def test_the_composer_offers_templates(admin_client, template):
    page = admin_client.get(reverse("admin:campaigns_campaign_add")).content.decode()
    assert f'<option value="{template.body}">welcome</option>' in page


def test_a_name_is_one_that_programs_can_send_by(admin_user):
    with pytest.raises(ValidationError, match="letter"):
        actions.write_template(MessageTemplate(name="my text"), WORDS, admin_user)


def test_who_may_not_write_templates_does_not(django_user_model):
    nobody = django_user_model.objects.create_user("nobody")
    with pytest.raises(PermissionDenied):
        actions.write_template(MessageTemplate(name="welcome"), WORDS, nobody)
    assert not MessageTemplate.objects.exists()


def test_the_version_in_use_stays(admin_user, template):
    actions.rewrite_template(template.pk, WORDS, admin_user, new=True, active=False)
    with pytest.raises(actions.Refused, match="in use"):
        actions.delete_template(template.pk, admin_user, 1)
    actions.delete_template(template.pk, admin_user, 2)
    assert template.versions.count() == 1
