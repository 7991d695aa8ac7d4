"""A circuit breaker for each originator: pause its campaigns before more harm is done."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from campaigns import queue, runs
from campaigns.models import Campaign

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=10)
FEWEST = 50  # texts below which a share says nothing

# Over the texts of each originator that went in the window, and since its campaigns last changed
# state: whoever resumes one gives it a new chance. What a worker of ours was handing over when it
# died says nothing about AWS.
COUNT = """
    SELECT campaign.originator_id, count(*),
           count(*) FILTER (WHERE message.state = 'unknown' AND message.aws_id = ''
                            AND message.reason <> %s),
           count(*) FILTER (WHERE message.state = 'failed' AND message.reason IN
                            ('CARRIER_BLOCKED', 'SPAM', 'INVALID_MESSAGE')),
           count(DISTINCT answer.sender)
    FROM campaigns_campaign campaign
    JOIN campaigns_message message ON message.campaign_id = campaign.id
    LEFT JOIN campaigns_inboundmessage answer
        ON answer.answers_id = message.id AND answer.intent = 'stop'
    WHERE campaign.status = 'sending' AND message.state NOT IN ('queued', 'sending')
      AND coalesce(message.sent_at, message.final_at) >= %s
      AND message.sent_at >= campaign.updated_at
    GROUP BY campaign.originator_id
"""


def check(now: datetime) -> int:
    """Pause the campaigns of originators with which something is wrong; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [queue.WORKER_LOST, now - WINDOW])
        rows = cursor.fetchall()
    paused = 0
    for originator_id, texts, errors, blocked, opt_outs in rows:
        reason = trouble(texts, errors, blocked, opt_outs)
        if reason:
            sending = Campaign.objects.filter(
                originator=originator_id, status=Campaign.Status.SENDING
            )
            for campaign_id in sending.values_list("pk", flat=True):
                runs.pause_because(campaign_id, reason)
                logger.error("campaign %s paused: %s", campaign_id, reason)
                paused += 1
    return paused


def trouble(texts: int, errors: int, blocked: int, opt_outs: int) -> str:
    """Say what is wrong with an originator's last texts, or nothing. Pure but for the settings."""
    if texts < FEWEST:
        return ""
    for count, most, words in (
        (
            errors,
            settings.BREAKER_ERROR_PERCENT,
            _("AWS did not answer clearly for {} of the last {} texts from this sender."),
        ),
        (
            blocked,
            settings.BREAKER_BLOCKED_PERCENT,
            _("Carriers blocked {} of the last {} texts from this sender for their words."),
        ),
        (
            opt_outs,
            settings.BREAKER_OPT_OUT_PERCENT,
            _("{} of the last {} people texted from this sender opted out."),
        ),
    ):
        if 100 * count > most * texts:
            return words.format(count, texts)
    return ""
