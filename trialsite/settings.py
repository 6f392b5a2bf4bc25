"""Every setting of the system; what differs between installations comes from the environment."""

import tomllib
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from trialsite.installation import environment_file

BASE_DIR = Path(__file__).resolve().parent.parent
# Said at the foot of every page, by /health/ and in every file that leaves.
RELEASE = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
env = environ.Env()
# `make run` leaves the addresses of its servers, so that manage.py in another terminal finds them.
if "DATABASE_URL" not in environ.Env.ENVIRON and (
    addresses := environment_file(BASE_DIR / "var", env.str("INSTALLATION", default=""))
):
    env.read_env(addresses)

# --- Installation ---------------------------------------------------------------------------------------------------
# Which of those that `make run` started here this is, a folder of var/; "" for one with an environment of its own.
INSTALLATION = env.str("INSTALLATION", default="")
# The folder in which `python -m backups` notes what it did, for the status page; "" where nothing is known of backups.
STATUS_OF_BACKUPS = env.str("STATUS_OF_BACKUPS", default="")
DEBUG = env.bool("DEBUG", default=False)
# The name of the deployment among those of its host; "" where it has none.
PROJECT = env.str("COMPOSE_PROJECT_NAME", default="")
# "training" shows a loud banner; "production" refuses unsafe settings at start (trialsite.system_checks).
ENVIRONMENT = env.str("ENVIRONMENT", default="training")
SECRET_KEY = env.str("SECRET_KEY", default="training-only-not-secret")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
# One key for everything will do in training alone: in production each has a value of its own (trialsite.system_checks).
ONE_FOR_ALL = [] if ENVIRONMENT == "production" else [SECRET_KEY]
# The first one proves to the database whose a session or token is; it takes all that `setup_database` told it.
SESSION_KEYS = env.list("SESSION_KEYS", default=[]) or ONE_FOR_ALL
# The first one seals the trail, all of them verify it: whoever has the database alone cannot make a chain that fits.
# For the worker and an operator's commands; the site has none.
TRAIL_SEAL_KEYS = env.list("TRAIL_SEAL_KEYS", default=[]) or ONE_FOR_ALL
# The first one encrypts the secrets of second factors, all of them decrypt (accounts.factor_secrets).
FACTOR_KEYS = env.list("FACTOR_KEYS", default=[]) or ONE_FOR_ALL
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)
PROTOCOL_FILE = Path(env.str("PROTOCOL_FILE", default=str(BASE_DIR / "protocol/nct00426556.toml")))
# Said on every page: the records of this installation are invented.
SYNTHETIC_DATA = env.bool("SYNTHETIC_DATA", default=True)

# --- Database: the application's role owns nothing; only the owner's role, on its own alias, may migrate --------------
# The site's role may do what the user may who has signed in; the worker's, which commands use too, acts for the system.
DATABASE_URL = env.str("DATABASE_URL", default="postgresql://edc_app@127.0.0.1:5432/edc")
DATABASES = {
    "default": env.db_url_config(DATABASE_URL)
    | {"ENGINE": "database", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
    "owner": env.db_url_config(env.str("DATABASE_OWNER_URL", default=DATABASE_URL)),
}
# A statement that came five times over a connection is prepared in the server: half of a save there was planning.
APPLICATION_ROLE = env.str("DATABASE_APPLICATION_ROLE", default="edc_app")
WORKER_ROLE = env.str("DATABASE_WORKER_ROLE", default="edc_worker")
IS_THE_SYSTEM = DATABASES["default"]["USER"] == WORKER_ROLE
DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
# The policies of row-level security make estimates large: PostgreSQL would compile statements that take no time to run.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in limits must hold across processes and restarts, and when the broker is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "trialsite_cache",
        # Beyond this entries are thrown away at random, and with them the count of somebody's attempts.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "throttle": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "trialsite",
    "components",
    "accounts",
    "receipts",
    "audit",
    "in_force",
    "history",
    "cohorts",
    "randomisation",
    "laboratory",
    "terminology",
    "assessments",
    "review",
    "sdv",
    "signature",
    "trail_reviews",
    "staff",
    "safety",
    "endpoints",
    "casebook",
    "worklists",
    "amendments",
    "activation",
    "reports",
    "outline",
    "demonstration",
    "sdtm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "trialsite.faults.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trialsite.policy.PolicyMiddleware",
    "accounts.middleware.EntryMiddleware",
    "accounts.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.plain_posts.PlainPostsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdleLogoutMiddleware",
    "accounts.middleware.LoginRequiredMiddleware",
    "accounts.middleware.AccessMiddleware",
    "accounts.middleware.LockedMiddleware",
    "components.filtering.UnreadableFilterMiddleware",
    "audit.access_log.AccessLogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "trialsite.urls"
WSGI_APPLICATION = "trialsite.wsgi.application"
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
                "trialsite.context.shell",
            ],
            "builtins": ["components.templatetags.days"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Sign-in ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
SESSION_ENGINE = "accounts.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.GuessValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
# User names are kept in small letters; so typed in any case they are found.
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.password_link.PasswordLinkGenerator"  # noqa: S105  a path, no secret
# A session ends with the browser: many people share a computer on a ward.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Whose limit it is: the proxy's word about the client is taken where there is a proxy, and nobody's elsewhere.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_TLS)
# Passwords are counted by accounts.attempts; allauth counts codes of the second factor, which are asked for after the
# password. No limit is an address's alone: a hospital has one address.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key", "reset_password_from_key": None}
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_ADAPTER = "accounts.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS
# Roles (accounts.roles.Role values) whose users must have a second factor before they see anything; "*" is everyone.
MFA_REQUIRED_ROLES = env.list("MFA_REQUIRED_ROLES", default=[])
# What each user accepts before anything else (21 CFR 11.10(j)); a changed text is asked for again.
ACCOUNTABILITY_STATEMENT = env.str(
    "ACCOUNTABILITY_STATEMENT",
    default=(
        "I am accountable for everything that is entered, changed or signed under my user name. My electronic signature"
        " is the legally binding equivalent of my handwritten signature. I was trained in this system for my tasks. I"
        " keep my password and my second factor to myself and never work under another person's name."
    ),
)
# Days; 0: passwords do not age.
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=0)
API_TOKEN_DAYS = env.int("API_TOKEN_DAYS", default=90)
API_TOKEN_MOST_DAYS = env.int("API_TOKEN_MOST_DAYS", default=365)
# How many days before the end of a token its user is reminded at sign-in, and once by mail.
API_TOKEN_REMINDER_DAYS = env.int("API_TOKEN_REMINDER_DAYS", default=14)
# How many months after one review of access the next is due; 0: none is asked for.
ACCESS_REVIEW_MONTHS = env.int("ACCESS_REVIEW_MONTHS", default=6)
IDLE_LOGOUT = timedelta(minutes=env.int("IDLE_LOGOUT_MINUTES", default=30))
# However busy: after this long even who never paused signs in anew.
LONGEST_SESSION = timedelta(hours=env.int("LONGEST_SESSION_HOURS", default=12))
SESSION_COOKIE_AGE = int(LONGEST_SESSION.total_seconds())
# That a user has at once; the sign-in that would be one more ends the oldest.
MOST_SESSIONS = env.int("MOST_SESSIONS", default=5)
# `__Host-`: a browser takes and sends the cookie by TLS alone, and no other host of the domain can set it.
COOKIE_PREFIX = "__Host-" if BEHIND_TLS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "trialsite.messages.Messages"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- Hardening --------------------------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one says what an answer to nobody is: 401, sign in; the other's would be 403.
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    # JSON alone: DRF's own pages would need scripts in the page, and /api/v1/docs/ shows the same.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.resource.exact_json.ExactJSON"],
    # `?format=` would be a second way to say what `Accept` says; as any other unknown parameter it is refused.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_FILTER_BACKENDS": ["accounts.resource.parameters.FilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.resource.schema.Operations",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.UserThrottle", "accounts.throttling.StrangerThrottle"],
    "NUM_PROXIES": int(BEHIND_TLS),
    "DEFAULT_THROTTLE_RATES": {
        "user": env.str("API_THROTTLE_USER", default="1200/min"),
        "anon": env.str("API_THROTTLE_STRANGER", default="30/min"),
    },
    "EXCEPTION_HANDLER": "accounts.resource.problems.errors",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Oncology EDC",
    "DESCRIPTION": "Everything that the pages can read and write, by the same services, access rules and errors.",
    # Of the API, as its addresses have it; the release is that of the program that answers.
    "VERSION": "1",
    "EXTENSIONS_INFO": {"x-release": RELEASE},
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["assessments.api.forms.of_this_trial", "trialsite.api_of_this_trial.without_levels"],
    # Code lists stand where they are used: many share a field's name, and none is another's.
    "POSTPROCESSING_HOOKS": [
        "trialsite.api_of_this_trial.codes_of_forms",
        "accounts.resource.schema.say_what_is_common",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    # Two hundred operations unfolded at once keep a browser busy for half a minute.
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "defaultModelsExpandDepth": -1, "deepLinking": True},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Celery -----------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A dead broker must not hold up a save: publishing fails at once and beat catches up.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_BEAT_SCHEDULE_FILENAME = env.str("CELERY_BEAT_FILE", default=str(BASE_DIR / "var/beat-schedule"))
CELERY_BEAT_SCHEDULE = {
    "tell of serious events whose alert was lost": {"task": "safety.tasks.alert", "schedule": 20.0},
    "refresh what a lost message left behind": {"task": "endpoints.tasks.refresh", "schedule": 10.0},
    "forget which saves arrived": {"task": "assessments.tasks.forget_receipts", "schedule": 24 * 3600.0},
    "forget which requests were answered": {"task": "receipts.tasks.forget_receipts", "schedule": 24 * 3600.0},
    "seal what of the trail is not sealed yet": {"task": "audit.tasks.seal", "schedule": 10.0},
    "write down what strangers tried": {"task": "audit.tasks.tell_of_strangers", "schedule": 30.0},
    "note a protocol file that has changed": {"task": "audit.tasks.note_protocol", "schedule": 30.0},
    "plan visits by an amendment": {"task": "amendments.tasks.plan_by_amendments", "schedule": 60.0},
    "go on with a run of the checks": {"task": "review.tasks.run_checks", "schedule": 60.0},
    "verify signatures of what has changed": {"task": "signature.tasks.verify_changed", "schedule": 60.0},
    "verify trail, signatures and figures": {
        "task": "audit.tasks.verify_wholes",
        "schedule": crontab(hour=2, minute=35),
    },
    "go on with what is to be verified": {"task": "audit.tasks.go_on_verifying", "schedule": 60.0},
    # Done once a day, by the first of these hours; a night without a clock is caught up in the morning.
    "plan visits on and tell the sites what waits": {"task": "worklists.tasks.nightly", "schedule": crontab(minute=5)},
    "remind of a review of access": {"task": "staff.tasks.remind_of_review", "schedule": crontab(minute=15)},
    "remind of tokens that end soon": {"task": "accounts.tasks.remind_of_tokens", "schedule": crontab(minute=25)},
}

# --- Words, time, files -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var/static")))
# Bootstrap and Vega out of their wheels: manage.py build_assets.
BUILT_ASSETS = BASE_DIR / "var/assets"
STATICFILES_DIRS = [BASE_DIR / "static", BUILT_ASSETS]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "trialsite.hashed_files.HashedFiles"},
}
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
MAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
if ENVIRONMENT != "production":
    EMAIL_BACKEND = "trialsite.training_mail.MarkedMail"
# Seconds: a mail server that does not answer holds up the worker for no longer.
EMAIL_TIMEOUT = 10
# Password links then go to the user alone; without mail the administrator hands them over.
MAIL_IS_SENT = not MAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="edc@localhost")
# Who is told by mail that a page or a task broke.
ADMINS = [(address, address) for address in env.list("ADMIN_EMAILS", default=[])]
# Each morning's digest by e-mail too, beside the page; SITE_ADDRESS begins the links in messages.
DIGEST_EMAIL = env.bool("DIGEST_EMAIL", default=False)
# Serious adverse events by e-mail too, beside the notices.
ALERTS_BY_EMAIL = env.bool("ALERTS_BY_EMAIL", default=False)
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {request_number} {name}: {message}", "style": "{"},
        "json": {"()": "trialsite.faults.JsonLine"},
    },
    "filters": {"request": {"()": "trialsite.faults.WithRequestNumber"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", default="line"),
            "filters": ["request"],
        },
        "mail": {"class": "trialsite.faults.MailAdmins"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own mail would carry what was typed into the form that broke.
        "django": {"handlers": []},
        "django.request": {"handlers": ["mail"]},
        "celery.app.trace": {"handlers": ["mail"]},
    },
}
