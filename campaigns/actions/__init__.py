"""What a person can do with a campaign. Each action checks permission, changes state and leaves its
audit row in one transaction; admin, commands and API all come through here."""

from campaigns.actions.acting import Actor
from campaigns.actions.conversing import assign, mark_read, reply
from campaigns.actions.editing import check_editable, create, save
from campaigns.actions.events import record_event, record_happening
from campaigns.actions.launching import launch, launchable
from campaigns.actions.replaying import replay_events
from campaigns.actions.reviewing import approve, send_back, submit
from campaigns.actions.segmenting import delete_segment, save_imported_segment, save_segment
from campaigns.actions.sending import send_at_once
from campaigns.actions.settling import leave, send_again
from campaigns.actions.stopping import Stopped, cancel, cancellable, pause, resume
from campaigns.actions.syncing import sync_now
from campaigns.actions.telling import give_secret, renew_secret, resend_events
from campaigns.actions.templates import (
    Words,
    delete_template,
    latest,
    rewrite_template,
    use_template_version,
    write_template,
)
from campaigns.actions.testing import dry_run, forget_number, send_test
from campaigns.actions.waiving import waive
from campaigns.actions.writing import delete_campaign, go, write_anew, write_new
from campaigns.readiness import approvals_missing
from campaigns.refusal import Refused

__all__ = (
    "Actor",
    "Refused",
    "Stopped",
    "Words",
    "approvals_missing",
    "approve",
    "assign",
    "cancel",
    "cancellable",
    "check_editable",
    "create",
    "delete_campaign",
    "delete_segment",
    "delete_template",
    "dry_run",
    "forget_number",
    "give_secret",
    "go",
    "latest",
    "launch",
    "launchable",
    "leave",
    "mark_read",
    "pause",
    "record_event",
    "record_happening",
    "renew_secret",
    "replay_events",
    "reply",
    "resend_events",
    "resume",
    "rewrite_template",
    "save",
    "save_imported_segment",
    "save_segment",
    "send_again",
    "send_at_once",
    "send_back",
    "send_test",
    "submit",
    "sync_now",
    "use_template_version",
    "waive",
    "write_anew",
    "write_new",
    "write_template",
)
