"""Which operations are answered here, and with which permissions."""

from config.pinpoint_api import (
    apps,
    campaigns,
    channels,
    endpoints,
    events,
    jobs,
    kpis,
    messages,
    phone_numbers,
    segments,
    streams,
    tagging,
    templates,
)
from config.pinpoint_api.calls import Operation
from config.pinpoint_api.elsewhere import elsewhere
from pinpoint.v1_api.model import operation_names

_CAMPAIGNS = (
    "Hook, CustomDeliveryConfiguration, channels other than SMS, QuietTime for transactional "
    "texts or in the middle of the day, and treatments with schedules of their own are refused."
)
_TEMPLATES = "RecommenderId and the helpers for sums, codes and random numbers are refused."
_TEMPLATES_SEEN = ("campaigns.view_messagetemplate",)
_WRITE_CONTACTS = ("contacts.add_contact", "contacts.change_contact")
_ENDPOINTS = (
    "ChannelType SMS only. Attributes, user, place and time zone are kept once for each number, "
    "for all applications. OptOut NONE is consent only where somebody vouches for the key's people."
)
_IMPORT = (
    "RoleArn is kept and not used: we read with the installation's own credentials. Endpoints of "
    "other channels count as failures. Without RegisterEndpoints those whom the application does "
    "not know are registered all the same."
)
_EXPORT = (
    "RoleArn is kept and not used: we write with the installation's own credentials. The key must "
    "be allowed to see numbers."
)
_DELETED = "The contact stays, with what it was sent and agreed to; its application forgets it."
OPERATIONS: dict[str, Operation] = {
    "GetApps": Operation(apps.get_apps, ("compliance.view_program",)),
    "GetApp": Operation(apps.get_app, ("compliance.view_program",)),
    "CreateApp": Operation(
        apps.create_app,
        ("compliance.add_program",),
        partly="A name that another application has is refused.",
    ),
    "DeleteApp": Operation(
        apps.delete_app,
        ("compliance.delete_program",),
        partly="A program with campaigns, consent or texts is kept: they are evidence.",
    ),
    "GetApplicationSettings": Operation(
        apps.get_application_settings, ("compliance.view_program",)
    ),
    "UpdateApplicationSettings": Operation(
        apps.update_application_settings,
        ("compliance.change_program",),
        partly="QuietTime and Limits.Daily; the other limits are each campaign's, hooks refused.",
    ),
    "CreateSegment": Operation(
        segments.create_segment,
        ("contacts.add_segment",),
        partly="Demographic other than Channel is refused: nothing is kept about apps and devices.",
    ),
    "GetSegment": Operation(segments.get_segment, ("contacts.view_segment",)),
    "GetSegments": Operation(segments.get_segments, ("contacts.view_segment",)),
    "UpdateSegment": Operation(
        segments.update_segment,
        ("contacts.change_segment",),
        partly="Demographic other than Channel is refused: nothing is kept about apps and devices.",
    ),
    "DeleteSegment": Operation(segments.delete_segment, ("contacts.delete_segment",)),
    "GetSegmentVersion": Operation(segments.get_segment_version, ("contacts.view_segment",)),
    "GetSegmentVersions": Operation(segments.get_segment_versions, ("contacts.view_segment",)),
    "CreateImportJob": Operation(
        jobs.create_import_job, ("contacts.add_import", *_WRITE_CONTACTS), partly=_IMPORT
    ),
    "GetImportJob": Operation(jobs.get_import_job, ("contacts.view_import",)),
    "GetImportJobs": Operation(jobs.get_import_jobs, ("contacts.view_import",)),
    "GetSegmentImportJobs": Operation(
        jobs.get_segment_import_jobs, ("contacts.view_import", "contacts.view_segment")
    ),
    "CreateExportJob": Operation(
        jobs.create_export_job,
        ("contacts.view_contact", "contacts.view_segment", "contacts.see_numbers"),
        partly=_EXPORT,
    ),
    "GetExportJob": Operation(jobs.get_export_job, ("contacts.view_contact",)),
    "GetExportJobs": Operation(jobs.get_export_jobs, ("contacts.view_contact",)),
    "GetSegmentExportJobs": Operation(
        jobs.get_segment_export_jobs, ("contacts.view_contact", "contacts.view_segment")
    ),
    "CreateCampaign": Operation(
        campaigns.create_campaign,
        ("campaigns.add_campaign", "campaigns.launch_campaign"),
        partly=_CAMPAIGNS,
    ),
    "GetCampaign": Operation(campaigns.get_campaign, ("campaigns.view_campaign",)),
    "GetCampaigns": Operation(campaigns.get_campaigns, ("campaigns.view_campaign",)),
    "UpdateCampaign": Operation(
        campaigns.update_campaign,
        ("campaigns.change_campaign", "campaigns.launch_campaign"),
        partly=_CAMPAIGNS,
    ),
    "DeleteCampaign": Operation(
        campaigns.delete_campaign, ("campaigns.delete_campaign", "campaigns.launch_campaign")
    ),
    "GetCampaignVersion": Operation(campaigns.get_campaign_version, ("campaigns.view_campaign",)),
    "GetCampaignVersions": Operation(campaigns.get_campaign_versions, ("campaigns.view_campaign",)),
    "GetCampaignActivities": Operation(
        campaigns.get_campaign_activities, ("campaigns.view_campaign",)
    ),
    "CreateSmsTemplate": Operation(
        templates.create_sms_template, ("campaigns.add_messagetemplate",), partly=_TEMPLATES
    ),
    "GetSmsTemplate": Operation(templates.get_sms_template, _TEMPLATES_SEEN),
    "UpdateSmsTemplate": Operation(
        templates.update_sms_template, ("campaigns.change_messagetemplate",), partly=_TEMPLATES
    ),
    "DeleteSmsTemplate": Operation(
        templates.delete_sms_template, ("campaigns.delete_messagetemplate",)
    ),
    "ListTemplates": Operation(templates.list_templates, _TEMPLATES_SEEN),
    "ListTemplateVersions": Operation(templates.list_template_versions, _TEMPLATES_SEEN),
    "UpdateTemplateActiveVersion": Operation(
        templates.update_template_active_version, ("campaigns.change_messagetemplate",)
    ),
    "GetChannels": Operation(channels.get_channels, ("compliance.view_program",)),
    "GetSmsChannel": Operation(channels.get_sms_channel, ("compliance.view_program",)),
    "UpdateSmsChannel": Operation(channels.update_sms_channel, ("compliance.change_program",)),
    "DeleteSmsChannel": Operation(channels.delete_sms_channel, ("compliance.change_program",)),
    "SendMessages": Operation(
        messages.send_messages,
        ("campaigns.send_message",),
        partly="SMS only; no MediaUrl.",
        in_bursts=True,
    ),
    "UpdateEndpoint": Operation(endpoints.update_endpoint, _WRITE_CONTACTS, partly=_ENDPOINTS),
    "UpdateEndpointsBatch": Operation(
        endpoints.update_endpoints_batch, _WRITE_CONTACTS, partly=_ENDPOINTS
    ),
    "GetEndpoint": Operation(endpoints.get_endpoint, ("contacts.view_contact",)),
    "DeleteEndpoint": Operation(
        endpoints.delete_endpoint, ("contacts.change_contact",), partly=_DELETED
    ),
    "GetUserEndpoints": Operation(endpoints.get_user_endpoints, ("contacts.view_contact",)),
    "DeleteUserEndpoints": Operation(
        endpoints.delete_user_endpoints, ("contacts.change_contact",), partly=_DELETED
    ),
    "PutEvents": Operation(
        events.put_events,
        (*_WRITE_CONTACTS, "campaigns.launch_campaign"),
        partly="Of an event its type and time are kept; EventFilters ask for its Attributes and "
        "Metrics as it comes.",
    ),
    "PhoneNumberValidate": Operation(
        phone_numbers.phone_number_validate,
        ("contacts.view_contact",),
        partly="By libphonenumber's data: no carrier is asked, so US numbers count as mobile.",
    ),
    "SendUsersMessages": Operation(
        messages.send_users_messages,
        ("campaigns.send_message",),
        partly="As SendMessages; to each active endpoint of each user.",
        in_bursts=True,
    ),
    "PutEventStream": Operation(
        streams.put_event_stream,
        ("campaigns.change_destination",),
        partly="RoleArn is kept and not used: we write with the installation's own credentials.",
    ),
    "GetEventStream": Operation(streams.get_event_stream, ("campaigns.view_destination",)),
    "DeleteEventStream": Operation(streams.delete_event_stream, ("campaigns.delete_destination",)),
    "GetApplicationDateRangeKpi": Operation(
        kpis.get_application_date_range_kpi, ("campaigns.view_campaign",)
    ),
    "GetCampaignDateRangeKpi": Operation(
        kpis.get_campaign_date_range_kpi, ("campaigns.view_campaign",)
    ),
    "ListTagsForResource": Operation(tagging.list_tags_for_resource, ("compliance.view_program",)),
    "TagResource": Operation(tagging.tag_resource, ("compliance.change_program",)),
    "UntagResource": Operation(tagging.untag_resource, ("compliance.change_program",)),
}


def described() -> list[tuple[str, str, str]]:
    """Return each operation of the model, how it stands, and what of it is not, or what instead."""
    return [
        (name, "supported" if not operation.partly else "partly", operation.partly)
        if (operation := OPERATIONS.get(name))
        else (name, "not", elsewhere(name))
        for name in operation_names()
    ]
