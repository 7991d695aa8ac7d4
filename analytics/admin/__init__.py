"""The pages of alerts and e-mails."""

from analytics.admin import alerts as alerts
from analytics.admin import mails as mails
