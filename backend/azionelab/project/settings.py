"""Every setting, read from the environment and checked here. Nothing exists only in production."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

from azionelab.project import env
from azionelab.project.database import database
from azionelab.project.logging import configure as configure_logging

BASE_DIR = Path(__file__).resolve().parents[2]

# The site -----------------------------------------------------------------------------------------------------------

SITE_URL = env.origin("SITE_URL")
THEATRE_NAME = env.text("THEATRE_NAME", "AzioneLab")
TIME_ZONE = env.text("TIME_ZONE", "Europe/Rome")
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError) as error:
    raise ImproperlyConfigured(f"TIME_ZONE is {TIME_ZONE!r}, which is no time zone.") from error

SECRET_KEY = env.secret("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is too short; make one of at least 32 random characters.")

_site = urlsplit(SITE_URL)
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = [_site.hostname or ""]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "azionelab.core.exception_handler.csrf_failure"
DEBUG = False

# The web server -----------------------------------------------------------------------------------------------------

WEB_WORKERS = env.integer("WEB_WORKERS", 2, least=1, most=64)
WEB_THREADS = env.integer("WEB_THREADS", 4, least=1, most=64)

# Reservations -------------------------------------------------------------------------------------------------------

HOLD_MINUTES = env.integer("HOLD_MINUTES", 60, least=1, most=7 * 24 * 60)
MAX_ACTIVE_RESERVATIONS = env.integer("MAX_ACTIVE_RESERVATIONS", 4, least=1, most=1_000)
PENDING_KEPT_HOURS = env.integer("PENDING_KEPT_HOURS", 24, least=1, most=31 * 24)
GUESTS_KEPT_DAYS = env.integer("GUESTS_KEPT_DAYS", 30, least=1, most=3_650)

# Staff --------------------------------------------------------------------------------------------------------------

STAFF_IDLE_MINUTES = env.integer("STAFF_IDLE_MINUTES", 120, least=5, most=24 * 60)
STAFF_SESSION_HOURS = env.integer("STAFF_SESSION_HOURS", 12, least=1, most=14 * 24)

# Mail ---------------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("SMTP_HOST")
EMAIL_PORT = env.integer("SMTP_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = env.ascii_only("SMTP_USER", env.text("SMTP_USER", ""))
EMAIL_HOST_PASSWORD = env.ascii_only("SMTP_PASSWORD", env.secret("SMTP_PASSWORD", ""))
_smtp_security = env.choice("SMTP_SECURITY", ("none", "starttls", "tls"), "starttls")
EMAIL_USE_TLS = _smtp_security == "starttls"
EMAIL_USE_SSL = _smtp_security == "tls"
DNS_RESOLVER = env.text("DNS_RESOLVER", "")
EMAIL_TIMEOUT = env.integer("SMTP_TIMEOUT", 5, least=1, most=60)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("MAIL_FROM")

# Django -------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "azionelab.core",  # before the admin, whose base template it replaces
    "azionelab.project.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "azionelab.company",
    "azionelab.programme",
    "azionelab.reservations",
    "azionelab.checkin",
    "azionelab.website",
]
MIDDLEWARE = [
    "azionelab.core.middleware.RequestLogMiddleware",
    "azionelab.core.middleware.CachingMiddleware",
    "azionelab.core.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "azionelab.core.sessions.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "azionelab.project.urls"
WSGI_APPLICATION = "azionelab.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": database(threads=WEB_THREADS)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # nginx overwrites X-Forwarded-For; nothing else is trusted
    # Names below the site's own (HSTS_SUBDOMAINS), and the browsers' lists, are for whoever owns the domain to decide.
    "security.W005",
    "security.W021",
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
    ),
    {"NAME": "azionelab.checkin.passwords.WritableValidator"},
    {"NAME": "azionelab.checkin.passwords.TheatreWordsValidator"},
]
LOGIN_REDIRECT_URL = "admin:index"  # also where the address asked for is another site's
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_CLIENT_IP_CALLABLE = "azionelab.core.lockout.address_counted"
AXES_LOCKOUT_CALLABLE = "azionelab.core.lockout.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True

LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
USE_I18N = USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "azionelab" / "locale"]
LANGUAGE_COOKIE_NAME = "language"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "static-root")))
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / "media-root")))
# The frontend's build: a folder a language, with the page that the site's pages are made of.
SITE_PAGES = Path(env.text("SITE_PAGES", str(BASE_DIR.parent / "frontend" / "dist" / "site" / "browser")))
# Other sites that may show a performance in a frame; nginx reads the same setting.
EMBED_ORIGINS = env.origins("EMBED_ORIGINS")
# Each backup is a folder in it; `azionelab.core.backups` says what is read of one.
BACKUP_DIR = env.text("BACKUP_DIR", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_PERMISSIONS = 0o644

# Security -----------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "azionelab.core.sessions"
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 60 * 60
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # nginx does both for everything that it serves; here they hold for whoever puts something else in front.
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked from inside, without nginx
    SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 365 * 24 * 60 * 60, most=10 * 365 * 24 * 60 * 60)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.choice("HSTS_SUBDOMAINS", ("no", "yes"), "no") == "yes"

# The API ------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["azionelab.core.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "azionelab.core.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "azionelab.core.exception_handler.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": 1,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AzioneLab",
    "DESCRIPTION": "The programme, the reservations and the door of a theatre company.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "LanguageEnum": "azionelab.core.languages.LANGUAGES",
        "ReservationStatusEnum": "azionelab.reservations.models.Status.choices",
        "EmailStateEnum": "azionelab.reservations.models.EmailState.choices",
        "ScanOutcomeEnum": "azionelab.checkin.models.Outcome.choices",
        "ScanKindEnum": "azionelab.checkin.models.ScanKind.choices",
        "StatusAtDoorEnum": "azionelab.checkin.door_list.StatusAtDoor.choices",
        "BookingStateEnum": "azionelab.programme.models.BookingState.choices",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
}

# Setting to path: `azione doctor` looks at who may read them.
SECRET_FILES = env.secret_files()

LOGGING = configure_logging(env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"))
