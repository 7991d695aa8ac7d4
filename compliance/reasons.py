"""Why a text does not go now, each with a sentence for the operator (compliance.md 10)."""

import enum

from django.utils.translation import gettext_lazy as _


class Reason(enum.StrEnum):
    """Why a text does not go now."""

    NO_CONSENT = "no_consent"
    CONSENT_REVOKED = "consent_revoked"
    CONSENT_EXPIRED = "consent_expired"
    CONSENT_PENDING = "consent_pending"
    SUPPRESSED = "suppressed"
    LISTED = "listed"
    ANSWER_TO_READ = "answer_to_read"
    RULES_MISSING = "rules_missing"
    ZONE_UNKNOWN = "zone_unknown"
    STATE_UNKNOWN = "state_unknown"
    NO_COMMON_WINDOW = "no_common_window"
    QUIET_HOURS = "quiet_hours"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    EMERGENCY_STATE = "emergency_state"
    FREQ_CAP_24H = "freq_cap_24h"
    FREQ_CAP_PROGRAM = "freq_cap_program"
    DAILY_LIMIT = "daily_limit"
    TOTAL_LIMIT = "total_limit"
    REPLY_TOO_LATE = "reply_too_late"


SENTENCES = {
    Reason.NO_CONSENT: _("There is no record that this number opted in to this program."),
    Reason.CONSENT_REVOKED: _("This number opted out of this program."),
    Reason.CONSENT_EXPIRED: _("The opt-in of this number has ended by itself."),
    Reason.CONSENT_PENDING: _("This number was asked to confirm and has not answered YES."),
    Reason.SUPPRESSED: _("This number opted out of everything, or everything promotional."),
    Reason.LISTED: _("This number is on the suppression list."),
    Reason.ANSWER_TO_READ: _(
        "This person may have opted out; somebody must read their answer first."
    ),
    Reason.RULES_MISSING: _("There are no sending rules here yet: run manage.py migrate."),
    Reason.ZONE_UNKNOWN: _(
        "Nothing tells which time zone this person is in. Add a time zone or an address."
    ),
    Reason.STATE_UNKNOWN: _(
        "Nothing tells which state this person is in. Add an address with a state or a ZIP code."
    ),
    Reason.NO_COMMON_WINDOW: _("No hour of the week is allowed in all places this number may be."),
    Reason.QUIET_HOURS: _(
        "It is outside the hours for promotional texts where this person may be."
    ),
    Reason.SUNDAY: _("It is Sunday where this person may be, and no promotional text may go."),
    Reason.HOLIDAY: _("It is a holiday where this person may be, and no promotional text may go."),
    Reason.EMERGENCY_STATE: _(
        "An emergency stop holds back promotional texts where this person may be."
    ),
    Reason.FREQ_CAP_24H: _(
        "This person has had the most promotional texts that the law lets one brand send in 24 "
        "hours."
    ),
    Reason.FREQ_CAP_PROGRAM: _("This person has had the program's most texts for now."),
    Reason.DAILY_LIMIT: _("This person has had the campaign's most texts for 24 hours."),
    Reason.TOTAL_LIMIT: _("This person has had the campaign's most texts."),
    Reason.REPLY_TOO_LATE: _(
        "An answer must leave soon after what it answers (the confirmation of an opt-out within "
        "five minutes); it is too late for this one."
    ),
}
