"""Every setting, from environment variables with safe defaults. docs/settings.md describes each."""

import os
import re
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import to_locale

from lawcompare.environment import envbool, envchoice, envint, envlist, envsecret, envstr, load_env_file

BASE_DIR = Path(__file__).resolve().parent.parent
load_env_file(BASE_DIR / ".env")

from lawcompare import languages  # noqa: E402 - reads INTERFACE_LANGUAGES, which may stand in .env

# What the running site writes: the embedded database, collected static files, generated fonts.
DATA_DIR = Path(envstr("DATA_DIR", str(BASE_DIR / "var")))

DEBUG = envbool("DEBUG")
# `make run` on a visitor's own machine; everything that a production site must decide is decided for it.
EMBEDDED = envbool("EMBEDDED")
SECRET_KEY_FALLBACKS = envlist("SECRET_KEY_FALLBACKS")
SECRET_KEY = envsecret("SECRET_KEY", kept_in=DATA_DIR / "secret-key" if EMBEDDED or DEBUG else None)
# Uploaded files are encrypted with it; earlier ones still open what they encrypted (``reencrypt_originals``).
ORIGINALS_KEY = envsecret("ORIGINALS_KEY", kept_in=DATA_DIR / "originals-key" if EMBEDDED or DEBUG else None)
ORIGINALS_KEYS_OLD = envlist("ORIGINALS_KEYS_OLD")
if len(ORIGINALS_KEY) < 32:
    raise ImproperlyConfigured("ORIGINALS_KEY must have at least 32 characters, drawn at random")
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if EMBEDDED or DEBUG else "")
SITE_NAME = envstr("SITE_NAME", "lawcompare")
# Who runs the site, as the page about it says.
OPERATOR = envstr("OPERATOR")
# Whose words pages and files are: the address of a licence, as a licence's own page.
CONTENT_LICENCE = envstr("CONTENT_LICENCE")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "lawcompare.accounts.apps.StaffConfig",  # the admin pages
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "lawcompare.core",
    "lawcompare.accounts",
    "lawcompare.laws",
    "lawcompare.search",
    "lawcompare.annotations",
    "lawcompare.crosswalk",
    "lawcompare.comparisons",
    "lawcompare.memos",
    "lawcompare.publishing",
    "lawcompare.api",
    "lawcompare.sharing",
    "lawcompare.imports",
    "lawcompare.mirror",
    "lawcompare.site",
]

MIDDLEWARE = [
    "lawcompare.accounts.responses.KnownMethods",
    "lawcompare.accounts.responses.LongAnswers",  # counts what the others do too
    "lawcompare.core.page_cache.middleware.PageCache",  # outside all after it: what it keeps is sent as it once left
    "django.middleware.security.SecurityMiddleware",
    "lawcompare.site.safety.SafetyHeaders",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "lawcompare.core.translations.texts.LocalisedPages",
    "django.middleware.common.CommonMiddleware",  # says how long a page is
    "lawcompare.core.whole_words.WholeWords",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lawcompare.accounts.sign_in.Sessions",
    "lawcompare.accounts.responses.VisitorsForms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lawcompare.accounts.responses.TypedWords",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lawcompare.laws.withdrawal.views.WithdrawnPages",
]

ROOT_URLCONF = "lawcompare.urls"
WSGI_APPLICATION = "lawcompare.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["lawcompare.core.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lawcompare.site.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lawcompare.site.templatetags.law",
            ],
        },
    }
]

# --- Databases, cache, tasks -----------------------------------------------------------------------------------------

DATABASE_URL = envstr("DATABASE_URL", f"sqlite:///{DATA_DIR / 'lawcompare.sqlite3'}")


def read_database(url: str) -> dict[str, Any]:
    scheme = url.partition("://")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must begin with sqlite:// or postgres://, not {scheme}://")
    database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
    if scheme == "sqlite":
        # WAL lets readers go on while an import writes; IMMEDIATE takes the write lock before reading, so two
        # writers wait for each other instead of failing.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
        }
    else:
        database["CONN_HEALTH_CHECKS"] = True
        # ``?host=/var/run/postgresql`` and its like: where the server is, is said once, to Django and to pg_dump alike.
        options = database.setdefault("OPTIONS", {})
        for option, name in {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}.items():
            if (value := options.pop(option, None)) is not None:
                if database.get(name) and str(database[name]) != str(value):
                    raise ImproperlyConfigured(f"DATABASE_URL names two of {option}: before the ? and behind it")
                database[name] = value
        if another := options.keys() & {"dbname", "hostaddr", "service", "passfile"}:
            raise ImproperlyConfigured(f"DATABASE_URL may not say {min(another)} behind the ?")
        database["PASSWORD"] = envstr("DATABASE_PASSWORD") or database["PASSWORD"]
    return database


DATABASES = {"default": read_database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The queue must lose nothing and the cache may lose all, so each wants a Redis of its own.
REDIS_URL = envstr("REDIS_URL")
CACHE_URL = envstr("CACHE_URL", REDIS_URL)
SHARED_CACHE = {
    "BACKEND": "lawcompare.core.caches.ForgivingRedisCache",
    "LOCATION": CACHE_URL,
    "OPTIONS": {
        "serializer": "lawcompare.core.caches.JSONSerializer",
        "socket_connect_timeout": 0.5,
        "socket_timeout": 2,
    },
}
MEMORY_CACHE = {"BACKEND": "lawcompare.core.caches.JSONMemoryCache"}
CACHES = {
    "default": SHARED_CACHE if CACHE_URL else MEMORY_CACHE | {"OPTIONS": {"MAX_ENTRIES": 5000}},
    "pages": SHARED_CACHE | {"KEY_PREFIX": "pages"}
    if CACHE_URL
    else MEMORY_CACHE | {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 1000}},
}
# Keep public pages as they were sent, until anything public changes.
PAGE_CACHE = envbool("PAGE_CACHE", default=not DEBUG)
# Pages whose address has a query, of which there are as many as a visitor likes, that are newly kept in an hour.
PAGE_CACHE_QUERIES = envint("PAGE_CACHE_QUERIES", 2000)
# How long browsers and proxies may show a public page without asking whether it is still the same.
PUBLIC_SECONDS = envint("PUBLIC_SECONDS", 0)
# Signs the manifest of a mirror: 32 bytes in base64.
MIRROR_KEY = envstr("MIRROR_KEY")
# A page that is said to be public and holds something personal is an error, not only a line in the log.
GUARD_RAISES = DEBUG

# How work that takes long is done: by a Celery worker; in a thread of the web process; or at once, inside the request.
TASKS = envchoice("TASKS", {"worker", "thread", "inline"}, "worker" if REDIS_URL else "thread")
if TASKS == "worker" and not REDIS_URL:
    raise ImproperlyConfigured("TASKS=worker needs REDIS_URL")
# Celery has a name of its own for a Redis on a socket: unix:///run/redis.sock?db=0.
CELERY_BROKER_URL = re.sub(r"^unix://([^?]*)(?:\?db=(\d+))?$", r"redis+socket://\1?virtual_host=\2", REDIS_URL)
CELERY_BROKER_URL = CELERY_BROKER_URL.removesuffix("?virtual_host=") or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True  # a task whose worker dies is handed to another worker
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In kilobytes: a process that holds more after a job is ended, and another takes its place.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# In seconds. A broker that is there and does not answer is as one that is gone; workers ask for one second.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 2, "socket_timeout": 5}
# A message that cannot be sent is not waited for: the sweep sends it later.
CELERY_TASK_PUBLISH_RETRY = False
# Work that has said nothing for so long has lost its worker, and whoever comes next may take it up.
WORK_SILENCE_SECONDS = envint("WORK_SILENCE_SECONDS", 120)

# The official text of the United States Code: asked for when a person asks and, where it is turned on, as often as
# `imports/apps.py` says.
USCODE_URL = envstr("USCODE_URL", "https://uscode.house.gov/download/")
USCODE_CHECK = envbool("USCODE_CHECK")
# The largest file of the publisher that is taken, packed or unpacked.
USCODE_BYTES_MAX = envint("USCODE_BYTES_MAX", 300 * 1024 * 1024)
CELERY_TASK_TIME_LIMIT = envint("TASK_SECONDS_MAX", 1800)

# --- People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "lawcompare.accounts.sign_in.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "reset_password": "lawcompare.accounts.sign_in.PasswordEmailForm",
    "user_token": "lawcompare.accounts.sign_in.PasswordLink",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is written to because somebody typed their address here
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a letter tells of a new password, of a second factor set up or removed
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True  # how long that is, SESSION_HOURS_MAX and SESSION_HOURS_IDLE say
# Kept in the cache that all processes share; the address is counted under a hash (accounts/rate_limits.py).
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "5/m/ip,20/h/ip",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
# Of one account, on all devices that it never signed in on: far more than a person needs, fewer than guessing does.
LOGIN_ATTEMPTS_PER_HOUR = envint("LOGIN_ATTEMPTS_PER_HOUR", 100)
# Whether what is an organisation's own (texts, notes, files, its workspace) is shown to a second factor alone.
PRIVATE_NEEDS_SECOND_FACTOR = envbool("PRIVATE_NEEDS_SECOND_FACTOR")
MFA_ADAPTER = "lawcompare.accounts.sign_in.SecondFactors"
MFA_FORMS = {
    "activate_totp": "lawcompare.accounts.devices.FirstCodeForm",
    "authenticate": "lawcompare.accounts.devices.CodeForm",
    "authenticate_webauthn": "lawcompare.accounts.devices.PasskeyForm",
    "login_webauthn": "lawcompare.accounts.devices.PasskeyAloneForm",
    "reauthenticate": "lawcompare.accounts.devices.CodeAgainForm",
    "reauthenticate_webauthn": "lawcompare.accounts.devices.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: each address has answered an invitation
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED or DEBUG  # http://127.0.0.1
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
EMAIL_HOST_NAME = envstr("EMAIL_HOST")
MAILERS: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": EMAIL_HOST_NAME,
            "port": envint("EMAIL_PORT", 587),
            "username": envstr("EMAIL_USER"),
            "password": envstr("EMAIL_PASSWORD"),
            "use_tls": envbool("EMAIL_TLS", default=True),
            "timeout": 30,  # seconds: a server that does not answer keeps no worker
        },
    }
    if EMAIL_HOST_NAME
    else {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
}
# The hour (UTC) from which the letters of a day are sent: seven in the morning in Phnom Penh.
DIGEST_HOUR = envint("DIGEST_HOUR", 0)
DEFAULT_FROM_EMAIL = envstr("DEFAULT_FROM_EMAIL", "lawcompare@localhost")
# Whom to tell of a weakness: an address as mailto: or https:, in /.well-known/security.txt.
SECURITY_CONTACT = envstr("SECURITY_CONTACT")
# Where people may hand in a text that is wanted; the site itself takes none from strangers.
HAND_IN_CHANNEL = envstr("HAND_IN_CHANNEL")

# --- Languages and files ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = languages.DEFAULT.code
LANGUAGES = [(language.code, language.own_name) for language in languages.LANGUAGES]
LOCALE_PATHS = [BASE_DIR / "locale"]
if extra_catalogues := envstr("CATALOGUES"):
    LOCALE_PATHS.insert(0, Path(extra_catalogues))
for _language in languages.OTHERS:
    if not any((path / to_locale(_language.code) / "LC_MESSAGES" / "django.mo").exists() for path in LOCALE_PATHS):
        raise ImproperlyConfigured(f"INTERFACE_LANGUAGES: there is no catalogue of {_language.code!r}.")
# The address alone decides the language: a visitor gets no cookie.
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Files that stand at addresses of their own, where browsers look for them: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "static" / "at-root"
FONT_DIR = DATA_DIR / "fonts"
FONT_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("fonts", FONT_DIR),
    ("guides/en", BASE_DIR / "docs/pictures"),
    ("guides/km", BASE_DIR / "docs/km/pictures"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Safety ----------------------------------------------------------------------------------------------------------

HTTPS = envbool("HTTPS", default=not (DEBUG or EMBEDDED))


def read_site_url(url: str) -> str:
    """Returns the address under which the site names its pages to others, without a slash at the end.

    Where none is given it is that of the first host in ``ALLOWED_HOSTS`` that is no pattern. Empty on an embedded
    site, whose pages are named as they were asked for.
    """
    if url:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?/?", url):
            raise ImproperlyConfigured("SITE_URL must be scheme and host alone, as https://example.org")
        return url.rstrip("/")
    if DEBUG or EMBEDDED:
        return ""
    name = next((host for host in ALLOWED_HOSTS if "*" not in host and not host.startswith(".")), "")
    if not name and ALLOWED_HOSTS:
        raise ImproperlyConfigured("SITE_URL is needed where ALLOWED_HOSTS names no host")
    return f"{'https' if HTTPS else 'http'}://{name}" if name else ""


SITE_URL = read_site_url(envstr("SITE_URL"))
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# A browser's list that nobody leaves within months: only for who asked to be in it.
SECURE_HSTS_PRELOAD = envbool("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # asks for it
BEHIND_PROXY = envbool("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS")
# A session ends this long after signing in, and this long after it was last used, whichever comes first.
SESSION_HOURS_MAX = envint("SESSION_HOURS_MAX", 24 * 7)
SESSION_HOURS_IDLE = envint("SESSION_HOURS_IDLE", 12)
SESSION_COOKIE_AGE = SESSION_HOURS_MAX * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# The site's own onion address, such as http://abc…xyz.onion, which pages announce to Tor Browser.
ONION_ADDRESS = envstr("ONION_ADDRESS").rstrip("/")
if ONION_ADDRESS and not re.fullmatch(r"https?://[a-z2-7]{56}\.onion", ONION_ADDRESS):
    raise ImproperlyConfigured("ONION_ADDRESS must be http:// and the 56 letters of an onion address, with .onion")

# --- Limits ----------------------------------------------------------------------------------------------------------

IMPORT_BYTES_MAX = envint("IMPORT_BYTES_MAX", 50 * 1024 * 1024)
# Files of others are read in a confined process of their own; only tests of other things do without.
READER_SANDBOX = True
# What a process that reads one file may take: address space, and seconds of work.
READER_MEGABYTES = envint("READER_MEGABYTES", 2048)
READER_SECONDS = envint("READER_SECONDS", 300)
# Pages that are pictures take seconds each to recognise; so many processes, each in a box, do so at once.
RECOGNISER_SECONDS = envint("RECOGNISER_SECONDS", 3600)
RECOGNISER_PROCESSES = envint("RECOGNISER_PROCESSES", min(os.cpu_count() or 1, 4))
# What one organisation may take of the workers: files that wait at the same time, that are handed in on a day, and jobs
# of whatever kind that run at the same time, however many workers are free. Fewer than there are workers.
IMPORTS_WAITING_MAX = envint("IMPORTS_WAITING_MAX", 400)
IMPORTS_PER_DAY = envint("IMPORTS_PER_DAY", 1000)
IMPORT_BYTES_PER_DAY = envint("IMPORT_BYTES_PER_DAY", 2_000_000_000)
# What it may keep in all, with the pictures of pages that were recognised.
IMPORT_BYTES_KEPT = envint("IMPORT_BYTES_KEPT", 20_000_000_000)
JOBS_AT_ONCE = envint("JOBS_AT_ONCE", 1)
# Things of one organisation that wait for the decision of staff at the same time.
PROPOSALS_WAITING_MAX = envint("PROPOSALS_WAITING_MAX", 100)
# Characters of one text: what is stored, indexed, examined and compared is no longer than this.
TEXT_CHARACTERS_MAX = envint("TEXT_CHARACTERS_MAX", 20_000_000)
# And it has no more clauses: pages of it, of its comparisons, of its draft cost what all of them cost. Title 17 of the
# United States Code has 3,100, Part I of Title 18 8,500.
TEXT_CLAUSES_MAX = envint("TEXT_CLAUSES_MAX", 25_000)
# Files handed in at once, those inside ZIPs too.
IMPORT_FILES_MAX = envint("IMPORT_FILES_MAX", 200)
DATA_UPLOAD_MAX_NUMBER_FILES = IMPORT_FILES_MAX
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "lawcompare.imports.upload.handlers.NamelessFileUploadHandler",
]
# What a form may hold beside files: a law of 250 pages may be pasted. To read and print 12 MB took 600 MB of memory.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Clauses of a version shown on one page; a longer text is read by chapter.
CLAUSES_PER_PAGE = envint("CLAUSES_PER_PAGE", 200)
# Rows of a comparison shown on one page.
ROWS_PER_PAGE = envint("ROWS_PER_PAGE", 60)
# Paragraphs in those rows, on one page.
PARTS_PER_PAGE = envint("PARTS_PER_PAGE", 240)
# Comparisons that may be asked for in one hour, by one signed-in person or one visitor.
COMPARISONS_PER_HOUR = envint("COMPARISONS_PER_HOUR", 30)
# Searches for the counterparts of a whole text that one organisation may have begun in an hour.
SUGGESTIONS_PER_HOUR = envint("SUGGESTIONS_PER_HOUR", 30)
# Corrections of texts in preparation, and decisions on instructions of acts, that one organisation may make in an hour.
CORRECTIONS_PER_HOUR = envint("CORRECTIONS_PER_HOUR", 2000)
# Presses by which one organisation may change public pages in an hour, whatever each is about.
PUBLICATIONS_PER_HOUR = envint("PUBLICATIONS_PER_HOUR", 240)
# Forms that one person may send in an hour, whatever they are about; who decides by keys sends one each two seconds.
FORMS_PER_HOUR = envint("FORMS_PER_HOUR", 2000)
# Questions to the search from one place in a minute; answers while one types are questions too.
SEARCHES_PER_MINUTE = envint("SEARCHES_PER_MINUTE", 120)
# Notices that one visitor may send about annotations in an hour.
FLAGS_PER_HOUR = envint("FLAGS_PER_HOUR", 5)
# Requests to follow a law or a topic by email that one visitor may send in an hour.
FOLLOWS_PER_HOUR = envint("FOLLOWS_PER_HOUR", 10)
# Files that take time to make (a comparison as DOCX or PDF, a report) that one person or network may have in an hour.
FILES_PER_HOUR = envint("FILES_PER_HOUR", 60)
# Processor seconds of answers that take more than one that an organisation, or a network of visitors, may have in an
# hour; then it is refused those addresses that took so long.
LONG_SECONDS_PER_HOUR = envint("LONG_SECONDS_PER_HOUR", 300)
# Cards for sharing that are newly drawn for one person or network in an hour; those that are kept cost nothing.
CARDS_PER_HOUR = envint("CARDS_PER_HOUR", 1000)

# Who may read /metrics: whoever sends this word as a bearer token. Without it the page is not there.
METRICS_TOKEN = envstr("METRICS_TOKEN")

# One line a message; as JSON for programs that collect logs. Neither form knows who a reader is.
LOG_FORMAT = envchoice("LOG_FORMAT", {"text", "json"}, "text")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "{levelname} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        },
    },
    "filters": {"no-readers": {"()": "lawcompare.core.logs.NoReaders"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["no-readers"]}},
    "loggers": {
        "lawcompare": {"handlers": ["console"], "level": envstr("LOG_LEVEL", "INFO")},
        "django.request": {"handlers": ["console"], "level": "ERROR"},  # pages that broke
    },
}
