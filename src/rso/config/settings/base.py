"""What the three deployments have in common. Every reader here is listed in docs/reference/settings.md."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from rso.accounts import providers
from rso.base import env
from rso.base.errors import SettingError
from rso.ui.languages import language_of

DEPLOYMENT = "every"

DATA = env.folder("RSO_DATA", Path("var"))
DEBUG = env.flag("RSO_DEBUG", False)
RSO_DEMONSTRATION = env.flag("RSO_DEMONSTRATION", False)
RSO_SITE_NAME = env.text("RSO_SITE_NAME", "RSO")
RSO_BASE_URL = env.address("RSO_BASE_URL", "http://localhost:8000")
RSO_HTTPS = env.flag("RSO_HTTPS", RSO_BASE_URL.startswith("https://"))
RSO_PSEUDO_LOCALES = env.flag("RSO_PSEUDO_LOCALES", RSO_DEMONSTRATION)
RSO_WORKER_IN_SERVER = env.flag("RSO_WORKER_IN_SERVER", False)


def _secret_key() -> str:
    """The signing secret: from the environment, or made once and kept in the data folder, readable by its owner."""
    given = env.text("RSO_SECRET_KEY", "-")
    if given != "-":
        if len(given) < 40:
            raise SettingError("RSO_SECRET_KEY", "is shorter than 40 characters")
        return given
    kept = DATA / "secret-key"
    try:
        if not kept.exists():
            DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Another process of the same deployment may be first.
            with suppress(FileExistsError), kept.open("x") as file:
                kept.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        return kept.read_text()
    except OSError as error:
        raise SettingError("RSO_DATA", f"is {DATA}, and cannot be used: {error.strerror}") from error


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = list(env.words("RSO_ALLOWED_HOSTS", ("localhost", "127.0.0.1")))
CSRF_TRUSTED_ORIGINS = [RSO_BASE_URL]

INSTALLED_APPS = [
    "rso.ui",  # first: its templates for allauth's and Django's pages go before theirs
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "rso.rest",
    "rso.jobs",
    "rso.accounts",
    "rso.audit",
    "rso.defaults",
    "rso.files",
    "rso.notices",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "rso.files.requests.RequestLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rso.accounts.middleware.SessionSeenMiddleware",
    "rso.accounts.middleware.ActorMiddleware",
    "rso.accounts.middleware.SecondFactorMiddleware",
    "rso.audit.readonly.ReadOnlyGetMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rso.ui.context.page",
                "rso.notices.context.unread",
            ],
        },
    }
]
FORM_RENDERER = "rso.ui.forms.Renderer"
WSGI_APPLICATION = "rso.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rso.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
# Whoever's password or factor changes is told by mail, so that somebody else's change does not go unseen.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = RSO_SITE_NAME
# A code of the step before or after counts too, as RFC 6238 recommends: clocks differ, and typing takes time.
MFA_TOTP_TOLERANCE = 1
# A passkey on http://localhost is the demonstration's and a developer's; everywhere else it needs HTTPS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = RSO_BASE_URL.startswith("http://localhost")
_providers = env.text("RSO_IDENTITY_PROVIDERS", "-")
_local = RSO_BASE_URL.startswith("http://localhost")
RSO_PROVIDERS = () if _providers == "-" else providers.read(Path(_providers), insecure=_local)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": providers.as_apps(RSO_PROVIDERS)}}
SOCIALACCOUNT_ADAPTER = "rso.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # our adapter looks for the person, and looks at the organisation too
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # the address was verified when the person was invited
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_VERBOSE = False

# ---- the browser
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = RSO_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Cookies do not know ports: without names of their own, the deployments on one host would sign each other out.
_cookie = env.text("RSO_COOKIE_PREFIX", "rso")
SESSION_COOKIE_NAME = f"{_cookie}_session"
CSRF_COOKIE_NAME = f"{_cookie}_csrf"
LANGUAGE_COOKIE_NAME = f"{_cookie}_language"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if RSO_HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy's task; a node's own port speaks what it is told to
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # A browser counts where a form is led on to as well: signing in by a provider leads to its site.
        "form-action": ["'self'", *sorted({site for one in RSO_PROVIDERS for site in one.origins})],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# ---- languages and time
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = ["rso.config.formats"]
LANGUAGES: list[tuple[str, Any]] = [("en", _("English"))]
LANGUAGES_BIDI = ["ar", "ar-xb", "dv", "fa", "fa-af", "he", "ps", "ug", "ur"]
# Catalogues that were translated on the site (docs/how-to/translate.md) lie with the data, and bring their language.
LOCALE_PATHS = [DATA / "locale"]
if LOCALE_PATHS[0].is_dir():
    for _folder in sorted(LOCALE_PATHS[0].glob("*/LC_MESSAGES/django.mo")):
        _code = _folder.parent.parent.name.replace("_", "-")
        LANGUAGES.append((_code.lower(), language_of(_code).own))
if RSO_PSEUDO_LOCALES:
    LANGUAGES += [("en-xa", "Pseudo [left to right]"), ("ar-xb", "Pseudo [right to left]")]

# ---- files and uploads
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
if DATA.is_dir():
    with suppress(OSError):  # a folder that may not be written to: then there is a warning, and no more
        STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
RSO_FILES = DATA / "files"
RSO_FILE_LIMIT = env.number("RSO_FILE_LIMIT_MIB", 10, least=1, most=200) * 1024 * 1024
# clamd's socket, a path or host:port; without one, files are shown as not scanned
RSO_CLAMD = env.text("RSO_CLAMD", "-").removeprefix("-")

# ---- mail
DEFAULT_FROM_EMAIL = env.text("RSO_MAIL_FROM", "rso@localhost.invalid")
_mail_host = env.text("RSO_MAIL_HOST", "-")
if _mail_host == "-":
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA / "mail")
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail_host
    EMAIL_PORT = env.number("RSO_MAIL_PORT", 587, least=1, most=65535)
    EMAIL_HOST_USER = env.text("RSO_MAIL_USER", "-").removeprefix("-")
    EMAIL_HOST_PASSWORD = env.text("RSO_MAIL_PASSWORD", "-").removeprefix("-")
    EMAIL_USE_TLS = env.flag("RSO_MAIL_TLS", True)
    EMAIL_TIMEOUT = 20

# ---- background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
RSO_WORKER_POLL_SECONDS = env.number("RSO_WORKER_POLL_MS", 1000, least=50, most=60_000) / 1000
RSO_WORKER_LEASE_SECONDS = env.number("RSO_WORKER_LEASE_SECONDS", 60, least=5, most=3600)
RSO_WORKER_KEEP_DAYS = env.number("RSO_WORKER_KEEP_DAYS", 7, least=0, most=3650)

# ---- what is said of the process; never a person's data
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("RSO_LOG_LEVEL", "WARNING")},
}
