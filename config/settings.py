"""Every setting of Sendpoint, read once, typed, from the environment (docs/settings.md)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from unfold.settings import CONFIG_DEFAULTS

from config import timetable
from config.environment import Environment

django_stubs_ext.monkeypatch()  # lets annotations such as ModelForm[Campaign] stand in code

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
if (env_file := env.str("SENDPOINT_ENV_FILE", default="")) and not Path(env_file).is_file():
    raise ImproperlyConfigured(f"SENDPOINT_ENV_FILE names {env_file}, which is not a file.")
if env_file:
    env.read_env(env_file)

# --- The installation ---------------------------------------------------------------------------
SENDPOINT_LOCAL = env.flag("SENDPOINT_LOCAL")
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.str("SECRET_KEY", default="local-only" * 5 if SENDPOINT_LOCAL else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Give it a long random value; `make run` sets its own."
    )
# Older values of SECRET_KEY, while it is being changed.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys the hashes that stand for phone numbers in the consent ledger. Never change it.
LEDGER_KEY = env.str("LEDGER_KEY", default=SECRET_KEY if SENDPOINT_LOCAL else "")
if not LEDGER_KEY:
    raise ImproperlyConfigured("LEDGER_KEY is not set. Give it a long random value, and keep it.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ID_IN_CONTEXT = env.str("SENDPOINT_SITE_ID", default="sendpoint")
# How many proxies stand in front and write X-Forwarded-For and -Proto; 0 = visitors come directly.
PROXIES_IN_FRONT = env.whole("PROXIES_IN_FRONT", 0)
if PROXIES_IN_FRONT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Uses of the public forms: of all by one IP address in an hour, of each for one number in a day.
FORM_LIMIT_PER_ADDRESS = env.whole("FORM_LIMIT_PER_ADDRESS", 60, least=1)
FORM_LIMIT_PER_NUMBER = env.whole("FORM_LIMIT_PER_NUMBER", 5, least=1)
# How many calls of the Pinpoint interface one access key may make in a second.
API_REQUESTS_PER_SECOND = env.whole("API_REQUESTS_PER_SECOND", 500, least=1)
# Where the people work who use the admin: its days and clock times are theirs, unless somebody
# chooses another zone for what they are shown. Stored is UTC.
TIME_ZONE = env.zone("OPERATOR_TIME_ZONE", "America/New_York")
# Of which country a number is that somebody types without a country code.
DEFAULT_COUNTRY = env.country("DEFAULT_COUNTRY", "US")
USE_TZ = True
LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".local")))
MEDIA_ROOT = DATA_DIR / "media"
# A contact list of a million people is some 100 MB.
IMPORT_MAX_BYTES = env.whole("IMPORT_MAX_BYTES", 1024**3, least=1)

# --- Apps ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "config.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_celery_beat",
    "axes",
    "django_otp",
    "csp",
    "contacts",
    "compliance",
    "campaigns",
    "analytics",
    "config.apps.ConfigConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.pinpoint_api.first.AnswerFirst",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.sessions.EndSessions",
    "config.time_zones.ActivateZone",
    "config.two_factor.required.DemandTwoFactor",
    "config.masking.HideNumbers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our widgets' templates are ours too
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or SENDPOINT_LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or SENDPOINT_LOCAL
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # for who comes to the login page itself

# --- Who comes in, and how long they stay ---------------------------------------------------------
_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_RULES}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_RULES}.CommonPasswordValidator"},
    {"NAME": f"{_RULES}.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = env.whole("LOGIN_ATTEMPTS", 5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.whole("LOGIN_LOCK_MINUTES", 15, least=1))
# Of one person from one place: nobody can lock others out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "compliance.forms.visitors.address"
AXES_LOCKOUT_CALLABLE = "config.locking.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # the page of users has a button
AXES_VERBOSE = False
# Whether everybody who uses the admin needs an authenticator app besides the password.
TWO_FACTOR_REQUIRED = env.flag("TWO_FACTOR_REQUIRED")
SESSION_IDLE_MINUTES = env.whole("SESSION_IDLE_MINUTES", 60, least=1)
SESSION_HOURS = env.whole("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not (DEBUG or SENDPOINT_LOCAL)

# --- What browsers are told -----------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = env.whole("HSTS_SECONDS", 31_536_000)  # sent over HTTPS alone
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # Unfold's Alpine builds functions of what stands in its attributes. No script stands in a
        # page: whatever somebody should manage to put there does not run.
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],  # widths of bars, and Alpine's x-show
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-src": [SELF],  # the page of a program shows its sign-up form
        "frame-ancestors": [SELF],
        "report-uri": "/csp-report/",
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Database, broker ---------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgres://...).")
DATABASES["default"]["CONN_MAX_AGE"] = env.whole("DATABASE_CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = env.str("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://")):
    raise ImproperlyConfigured("REDIS_URL must name a Redis or Valkey server (redis://...).")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Tasks end within minutes, so a message that is out for an hour belonged to a dead worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "config.beat.BeatScheduler"
CELERY_BEAT_SCHEDULE = timetable.entries()

# --- Campaigns ----------------------------------------------------------------------------------
# Whether somebody else must approve a campaign before it is sent (docs/decisions/0009).
CAMPAIGN_REVIEW = env.flag("CAMPAIGN_REVIEW", default=not SENDPOINT_LOCAL)
# The most that texts may cost in a month (UTC); None: no limit of our own.
MONTHLY_BUDGET_USD = env.dollars("MONTHLY_BUDGET_USD")
# How much of AWS's monthly limit is left alone, since AWS counts later than we send.
SPEND_MARGIN_PERCENT = env.whole("SPEND_MARGIN_PERCENT", 5)
if SPEND_MARGIN_PERCENT > 99:
    raise ImproperlyConfigured("SPEND_MARGIN_PERCENT must be 99 or less.")

# --- AWS ----------------------------------------------------------------------------------------
# Credentials, and AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2, are read by boto3 itself.
AWS_REGION = env.str("AWS_REGION", default=env.str("AWS_DEFAULT_REGION", default="us-east-1"))
# Where it is set, texts go through Pinpoint v1's SendMessages instead of SendTextMessage.
PINPOINT_APPLICATION_ID = env.str("PINPOINT_APPLICATION_ID", default="")
# boto3 reads it as well; the figures of an application are asked for only where it is set.
PINPOINT_ENDPOINT = env.str("AWS_ENDPOINT_URL_PINPOINT", default="")
AWS_CONFIGURATION_SET = env.str("AWS_CONFIGURATION_SET", default="sendpoint")
AWS_CONNECT_TIMEOUT_SECONDS = env.seconds("AWS_CONNECT_TIMEOUT_SECONDS", 3.0)
AWS_READ_TIMEOUT_SECONDS = env.seconds("AWS_READ_TIMEOUT_SECONDS", 15.0)
# Between two calls of one kind that set things up or describe them: AWS's quota is one a second.
AWS_SETUP_PAUSE_SECONDS = env.seconds("AWS_SETUP_PAUSE_SECONDS", 1.0)
# The topics whose notifications are believed; a signature alone only proves *some* topic sent it.
SNS_TOPIC_ARNS = env.list("SNS_TOPIC_ARNS", default=[])
# Raw message delivery has no signature, so this password must stand in the subscribed address.
SNS_RAW_PASSWORD = env.secret("SNS_RAW_PASSWORD")
# What `manage.py receive` takes events from.
SQS_QUEUE_URLS = env.list("SQS_QUEUE_URLS", default=[])
KINESIS_STREAMS = env.list("KINESIS_STREAMS", default=[])
FIREHOSE_ACCESS_KEY = env.secret("FIREHOSE_ACCESS_KEY")
EVENT_RETENTION_DAYS = env.whole("EVENT_RETENTION_DAYS", 90, least=7)
# Stands in the events that are told to others, as in Pinpoint's own.
AWS_ACCOUNT_ID = env.str("AWS_ACCOUNT_ID", default="")
# Where certificates and confirmations may be fetched besides AWS: the local simulator's origin.
SNS_EXTRA_ORIGIN = env.str("SNS_EXTRA_ORIGIN", default="")
if SNS_EXTRA_ORIGIN and not SENDPOINT_LOCAL:
    raise ImproperlyConfigured("SNS_EXTRA_ORIGIN is for the local simulator only; unset it.")
# How many texts one worker process has in flight at once.
SEND_CONCURRENCY = env.whole("SEND_CONCURRENCY", 128, least=1)
# A worker that was silent for so long is taken for dead; longer than any call to AWS takes.
SEND_LEASE_SECONDS = env.seconds("SEND_LEASE_SECONDS", 60.0)
if SEND_LEASE_SECONDS <= AWS_CONNECT_TIMEOUT_SECONDS + AWS_READ_TIMEOUT_SECONDS:
    raise ImproperlyConfigured(
        "SEND_LEASE_SECONDS must be longer than AWS_CONNECT_TIMEOUT_SECONDS and "
        "AWS_READ_TIMEOUT_SECONDS together."
    )
# Nothing promotional is handed over in the last seconds of a window: queues and carriers take time.
HAND_OFF_MARGIN_SECONDS = env.whole("HAND_OFF_MARGIN_SECONDS", 300)
# Of the last ten minutes' texts from an originator, above which its campaigns are paused.
BREAKER_ERROR_PERCENT = env.whole("BREAKER_ERROR_PERCENT", 20)
BREAKER_BLOCKED_PERCENT = env.whole("BREAKER_BLOCKED_PERCENT", 10)
BREAKER_OPT_OUT_PERCENT = env.whole("BREAKER_OPT_OUT_PERCENT", 5)
# How long a receipt may take to settle a text of unclear fate before a person is asked.
UNCLEAR_GRACE_MINUTES = env.whole("UNCLEAR_GRACE_MINUTES", 60)
# Parts per second over all originators of the account; 0 = no account-wide limit of our own.
ACCOUNT_PARTS_PER_SECOND = env.whole("ACCOUNT_PARTS_PER_SECOND", 0)

# --- E-mail -------------------------------------------------------------------------------------
_mail = env.mail(
    "EMAIL_URL", f"filemail://{quote(str(DATA_DIR.resolve()))}/mail" if SENDPOINT_LOCAL else ""
)
EMAIL_ON = bool(_mail)  # without it nothing is written that nobody would send
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.sender(
    "DEFAULT_FROM_EMAIL", "Sendpoint <sendpoint@localhost>" if SENDPOINT_LOCAL else ""
)
# Where this site is reached from outside: what links in e-mails and alerts begin with.
SITE_URL = env.origin("SITE_URL", "http://127.0.0.1:8000" if SENDPOINT_LOCAL else "")
for _needed in ("DEFAULT_FROM_EMAIL", "SITE_URL"):
    if EMAIL_ON and not globals()[_needed]:
        raise ImproperlyConfigured(f"EMAIL_URL is set, so {_needed} must be too.")

# Bearer token with which Prometheus may read /metrics; none: nobody may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Logs ---------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.Discreet", "format": "%(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", "INFO")},
}

_COLORS = CONFIG_DEFAULTS["COLORS"]
UNFOLD = {
    # In dark mode, words in unfold's own shade of 500 are too dark to be read by everybody.
    "COLORS": {**_COLORS, "primary": {**_COLORS["primary"], "500": _COLORS["primary"]["400"]}},
    "SITE_TITLE": "Sendpoint",
    "SITE_HEADER": "Sendpoint",
    "SITE_SUBHEADER": "SMS campaigns through AWS",
    "SITE_SYMBOL": "sms",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("config/favicon.svg"),
        }
    ],
    "SCRIPTS": [
        lambda request: static("config/pages.js"),
        lambda request: static("config/names.js"),
    ],
    "STYLES": [lambda request: static("config/pages.css")],
    "ENVIRONMENT": "config.navigation.zone",  # stands on every page, beside its title
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "analytics.dashboard.context",
    "ACCOUNT": {
        "navigation": [
            {"title": _("My settings"), "link": reverse_lazy("own_settings")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Two-factor sign-in"), "link": reverse_lazy("two_factor")},
            {"title": _("Reports by e-mail"), "link": reverse_lazy("report_choices")},
        ]
    },
    "SIDEBAR": {"show_search": True, "navigation": "config.navigation.sections"},
}
