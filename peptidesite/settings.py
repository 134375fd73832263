"""One file of settings, read from environment variables; docs/operations.md lists them."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()

# Everything that is made at run time lives here; the folder's own env file is how
# manage.py finds the same secret and data as the server beside it.
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var").resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
env.read_env(DATA_DIR / "env", recurse=False)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "only for development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random text, or start with `make run`, "
        "which makes one and keeps it in the data folder."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "peptidesite.accounts",
    "peptidesite.analytics",
    "peptidesite.campaigns",
    "peptidesite.consent",
    "peptidesite.edition",
    "peptidesite.guards",
    "monographs",
    "crispy_forms",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "peptidesite.consent.middleware.consent",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "peptidesite.middleware.SessionMiddleware",
    "peptidesite.middleware.CsrfViewMiddleware",
    "peptidesite.middleware.AuthenticationMiddleware",
    "peptidesite.middleware.MessageMiddleware",
    "peptidesite.middleware.keep_what_was_typed",
    "peptidesite.accounts.middleware.editor_time_zone",
]

ROOT_URLCONF = "peptidesite.urls"
WSGI_APPLICATION = "peptidesite.wsgi.application"

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
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "peptidesite"

# Data

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Tests use a file as well: in memory, SQLite locks in another way.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    # Opening the file anew takes as long as a page; the development server's threads, which
    # are as many as its requests, would never close it.
    DATABASES["default"]["CONN_MAX_AGE"] = 0 if DEBUG else 60
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # A write transaction takes its lock when it begins: it waits instead of failing
        # half way, and what it read stays true until it commits.
        "transaction_mode": "IMMEDIATE",
        # With recursive triggers, REPLACE fires the triggers that forbid deletion.
        "init_command": (
            "PRAGMA journal_mode = WAL;"
            "PRAGMA synchronous = FULL;"
            "PRAGMA foreign_keys = ON;"
            "PRAGMA recursive_triggers = ON"
        ),
    }
else:
    DATABASES["default"]["OPTIONS"] = {"pool": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Mail

SITE_URL = env.str("SITE_URL", "http://127.0.0.1:" + env.str("PORT", "8000"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "peptidesite@localhost")
MAIL_SERVER = env.dj_email_url("EMAIL_URL", "file:")
if "EMAIL_BACKEND" not in MAIL_SERVER:
    raise ImproperlyConfigured(
        "EMAIL_URL is no address of a mail server. Set it to one such as "
        "submission://user:password@mail.example.org"
    )
EMAIL_BACKEND = MAIL_SERVER["EMAIL_BACKEND"]
EMAIL_HOST = MAIL_SERVER["EMAIL_HOST"]
EMAIL_PORT = MAIL_SERVER["EMAIL_PORT"]
EMAIL_HOST_USER = MAIL_SERVER["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = MAIL_SERVER["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = MAIL_SERVER["EMAIL_USE_TLS"]
EMAIL_USE_SSL = MAIL_SERVER["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = MAIL_SERVER["EMAIL_TIMEOUT"] or 10
# Without a mail server, mail is written to files that one can look at.
EMAIL_FILE_PATH = DATA_DIR / "mail"

# Language and time

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = False
USE_TZ = True

# Files

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Security

HTTPS = env.bool("HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# It looks for Django's CSRF middleware by name; ours is that one, at the desk only.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
X_FRAME_OPTIONS = "DENY"
# Only editors have a session, and only in the admin.
DESK = "/admin/"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = DESK
CSRF_FAILURE_VIEW = "peptidesite.views.signed_out"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Consent

# In tests an undeclared cookie is an error; visitors just do not get it.
UNDECLARED_COOKIES_RAISE = env.bool("UNDECLARED_COOKIES_RAISE", DEBUG)
# How many proxies in front add to X-Forwarded-For.
PROXIES = env.int("PROXIES", 0)

# Page cache

# Megabytes of memory in each worker, 0 for no page cache at all, and of disk on each host.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", 48)
PAGE_CACHE_DISK_MB = env.int("PAGE_CACHE_DISK_MB", 1_000)

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "peptidesite.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING"},
        "django.request": {"filters": ["without_secrets"]},
    },
}
