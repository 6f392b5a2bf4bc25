"""What every test may ask for: the database as the application sees it, a broker, a worker, the site, a browser.

The suite runs against PostgreSQL and Valkey of its own (tests.servers), with the owner's role for migrations and the
worker's role for everything that is tested. Requests of the test client are held to their user as the site's are; tests
of the site's own role name it (tests.servers.as_the_site).
"""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers import TestServers

_servers = TestServers()
# Before the settings are read, and for every program that a test starts.
os.environ.update(_servers.installation.environment | _servers.installation.for_setup)
os.environ["SITE_DATABASE_URL"] = _servers.installation.of_the_site["DATABASE_URL"]
os.environ.update(DJANGO_SETTINGS_MODULE="trialsite.settings", DEBUG="", ENVIRONMENT="training", LOG_LEVEL="WARNING")

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Pages are rendered without the hashed names that only a collected site has; site_server has those.
PLAIN_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# What a test may leave in its session of the database.
AS_IT_BEGAN = (
    *("RESET SESSION AUTHORIZATION", "RESET ALL", "DISCARD TEMP", "UNLISTEN *"),
    "SELECT pg_advisory_unlock_all()",
)
HOW_TO_GET_CHROMIUM = "no Chromium on this machine; `apt-get install chromium-headless-shell` provides it"


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings
    from hypothesis import settings as search

    from database.scope import EVERYWHERE, show
    from tests.prepared import keep_prepared

    # Files are taken up in the order of tests.order, not by the number of their tests.
    config.option.loadscopereorder = False
    # Two busy cores are no reason for a property to fail.
    search.register_profile("suite", deadline=None)
    search.load_profile("suite")
    sys.addaudithook(_refuse_the_outside)
    # As the site does (trialsite.wsgi).
    gc.set_threshold(50_000, 20, 100)
    # A test looks at all sites; what it asks of the site's pages begins with none, as any request does.
    show(EVERYWHERE)
    # Read the settings: pytest-django, whose turn is next, sets Django up only when they are.
    settings.STORAGES["staticfiles"] = PLAIN_STATIC_FILES
    # In a fresh clone nothing was collected yet, and WhiteNoise warns of a missing folder.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # The real one takes 0.2 s a password by design, and each test has a cast of eight.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    keep_prepared()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        from tests.order import longest_first

        items[:] = longest_first(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays for good: looking through it took a sixth of Python's time."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """The workers inherit this environment: they must not read the settings before they name their own servers."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    _servers.close()


def _refuse_the_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in LOOPBACK:
        raise PermissionError(f"a test tried to reach {arguments[1][0]}: only this machine may be reached")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """Migrate as the owner and give the application's role its rights, by the command that installs use too."""
    from django.core.management import call_command
    from django.db import connections

    def migrate() -> None:
        call_command("setup_database", verbosity=0, no_trial=True)
        connections.close_all()

    with django_db_blocker.unblock():
        _servers.start_migrated(migrate)


@pytest.fixture(autouse=True)
def nothing_in_force() -> None:
    """A process goes by the version in force that it was told of last; a test begins without one."""
    import django

    if django.apps.apps.ready:
        from cohorts import following
        from protocol import go_by

        following._followed = 0
        following._read.clear()
        go_by(None)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests that need real commits: other processes see what is saved, and afterwards all of it is gone.

    Use it instead of `django_db(transaction=True)`, whose TRUNCATE the application's role is not allowed.
    """
    yield from _committed(django_db_blocker)


@pytest.fixture(scope="module")
def committed_module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The same for all tests of a module together, which only look at what was made once."""
    yield from _committed(django_db_blocker)


@pytest.fixture
def trial(request: pytest.FixtureRequest) -> Any:
    """Two sites and the people of the trial: committed where anything of the test commits, else taken back with it."""
    commits = "committed_db" in request.fixturenames
    request.getfixturevalue("committed_db" if commits else "db")
    from tests.cast import Trial

    return Trial()


def _committed(django_db_blocker: Any) -> Iterator[None]:
    from django.core.cache import caches

    # A save that commits sends a message: without a broker each waits in vain.
    _servers.start_broker()
    with django_db_blocker.unblock():
        yield
        _put_back()
    _servers.empty_broker()
    caches["throttle"].clear()


def _put_back() -> None:
    """The session of this thread stays, with what it has prepared, where the database does."""
    from django.db import connections

    first = connections["default"]
    session = _left_clean(first)
    for connection in connections.all(initialized_only=True):
        if connection is not first or not session:
            connection.close()
    if not _servers.as_migrated.restore(session):
        first.close()


def _left_clean(connection: Any) -> int:
    """The session's number at the server, once it is as it began; 0 where there is none, or it is in a transaction."""
    import psycopg

    session = connection.connection
    if session is None or session.closed or connection.in_atomic_block:
        return 0
    try:
        connection.set_autocommit(True)
        for statement in AS_IT_BEGAN:
            session.execute(statement)
    except psycopg.Error:
        return 0
    connection.told = None
    return int(session.info.backend_pid)


@pytest.fixture
def as_owner(django_db_setup: None) -> Iterator[Any]:
    """A database connection of the owner's role, in autocommit, for what the application may not do."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def broker() -> Iterator[TestServers]:
    """The running broker; `stop_broker()` and `start_broker()` take it away and bring it back."""
    _servers.start_broker()
    yield _servers
    _servers.start_broker()
    _servers.empty_broker()


@pytest.fixture
def database(committed_db: None) -> Iterator[TestServers]:
    """The running database; `stop_database()` and `start_database()` take it away and bring it back."""
    yield _servers
    _servers.start_database()


@pytest.fixture
def celery_worker_process(committed_db: None, broker: TestServers, tmp_path: Path) -> Iterator[Any]:
    """A real worker over the real broker: `.kill()` is kill -9, `.start()` starts it again, `.pid`, `.log`."""
    from tests.programs import worker

    yield from worker(tmp_path / "worker.log")


@pytest.fixture
def site_server(committed_db: None, broker: TestServers, standing_site: str) -> str:
    """The address of the real site, served by granian as in deployment, with this test's own database behind it."""
    return standing_site


@pytest.fixture(scope="session")
def standing_site(django_db_setup: None, static_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests: it finds each one's database as it would after a restart of PostgreSQL."""
    from tests.programs import site

    _servers.start_broker()
    yield from site(tmp_path_factory.mktemp("site") / "web.log", static_files)


@pytest.fixture(scope="session")
def static_files() -> Path:
    """The collected static files, made again only when one of them changed."""
    from tests.programs import collect_static_files

    return collect_static_files()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, headless; it can reach this machine only."""
    from tests.programs import chromium

    found = chromium()
    if found is None:
        pytest.skip(HOW_TO_GET_CHROMIUM)
    # Playwright keeps an event loop in this thread, where Django would refuse the ORM to the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found[0], args=found[1])


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page of 1280 x 900; `page.set_viewport_size({"width": 390, "height": 844})` is a telephone."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
