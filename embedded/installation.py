"""One installation: its servers, and the environment by which everything else finds them."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.broker import Broker
from embedded.database import APPLICATION, BACKUP, OWNER, THROWN_AWAY, WORKER, Database
from embedded.leftovers import remember
from embedded.passwords import Secrets, secrets_of, write_private
from embedded.places import PROJECT, Places
from embedded.process import Process

# The key of the seal is for the worker and for commands: what a site could be made to tell is not enough to seal what
# was altered.
WITHHELD = dict.fromkeys(("web", "beat", "archive"), ("TRAIL_SEAL_KEYS",))


@dataclass
class Installation:
    """The servers of a folder; those whose addresses the environment gives already are not started."""

    places: Places
    secrets: Secrets
    database: Database | None
    broker: Broker | None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What an installation sets, as DATABASE_URL and the like; what the caller set goes before it. The database's
        role is the worker's, as commands and tests need it: for the site see `of_the_site`."""
        variables = {"CELERY_BEAT_FILE": str(self.places.root / "beat-schedule"), "INSTALLATION": self.places.root.name}
        variables |= {"STATUS_OF_BACKUPS": str(self.places.root / "status-of-backups")} if self.database else {}
        variables |= self.extra
        keys = {
            "SECRET_KEY": self.secrets.django,
            "TRAIL_SEAL_KEYS": self.secrets.seal,
            "FACTOR_KEYS": self.secrets.factors,
        }
        variables |= {name: key for name, key in keys.items() if name not in os.environ}
        if self.database:
            variables["DATABASE_URL"] = self.database.url(WORKER)
        if self.broker:
            variables["CELERY_BROKER_URL"] = self.broker.url
        return variables

    @property
    def for_setup(self) -> dict[str, str]:
        """What `setup_database` is told beside that: the address by which migrations own the tables."""
        return {"DATABASE_OWNER_URL": self.database.url(OWNER)} if self.database else {}

    @property
    def for_backups(self) -> dict[str, str]:
        """What `python -m backups` is told beside that, and nobody else."""
        if self.database is None:
            return {}
        root = self.places.root
        variables = {"BACKUP_KEYS": self.secrets.backup_key, "BACKUP_FOLDER": str(root / "backups")}
        variables |= {"BACKUP_SPOOL": str(root / "wal"), "SUPERUSER_PASSWORD": self.secrets.superuser}
        chosen = {name: os.environ[name] for name in variables if name in os.environ}
        return variables | chosen | {"BACKUP_DATABASE_URL": self.database.url(BACKUP)}

    @property
    def has_backup(self) -> bool:
        """Whether a base backup was taken: then the log is archived."""
        folder = self.for_backups.get("BACKUP_FOLDER")
        return folder is not None and any(Path(folder).glob("*-*/base-*.json"))

    @property
    def of_the_site(self) -> dict[str, str]:
        """As `environment`, for the site: its role may do what the user may who has signed in."""
        variables = {"DATABASE_URL": self.database.url(APPLICATION)} if self.database else {}
        return self.environment | variables

    def start_database(self) -> Process | None:
        """Start the database and see to its roles; recovery after a kill is waited for."""
        if self.database is None:
            return None
        self.database.create()
        self.database.wait_for_earlier_server()
        process = self.database.process()
        process.start()
        self.database.wait_until_ready(process)
        self.database.create_roles()
        return process

    def start_broker(self) -> Process | None:
        if self.broker is None:
            return None
        process = self.broker.process()
        process.start()
        self.broker.wait_until_ready(process)
        return process

    def keep_settings(self) -> None:
        """For the next start, once they were started with."""
        if self.extra != kept_settings(self.places):
            write_private(self.places.settings, json.dumps(dict(self.extra), indent=1))

    def write_environment(self) -> None:
        """Leave the addresses where `manage.py` finds them in another terminal."""
        write_private(self.places.environment, "".join(f"{k}={v}\n" for k, v in self.environment.items()))


def lasting(name: str, chosen: Mapping[str, str] | None = None) -> Installation:
    """The installation var/NAME, which keeps its data, and the settings that were chosen for it when it was run."""
    places = Places(PROJECT / "var" / name)
    places.prepare()
    settings = kept_settings(places) | dict(chosen or {})
    made = secrets_of(places.secrets)
    database = None if os.environ.get("DATABASE_URL") else Database(places, made)
    broker = None if os.environ.get("CELERY_BROKER_URL") else Broker(places)
    return Installation(places, made, database, broker, settings)


def kept_settings(places: Places) -> dict[str, str]:
    """What was chosen for the installation when it was started earlier, by the names of the settings."""
    kept: dict[str, str] = json.loads(places.settings.read_text()) if places.settings.exists() else {}
    return kept


def thrown_away(folder: Path) -> Installation:
    """An installation for one run of the tests: quick, and nothing of it is kept."""
    places = Places(folder)
    places.prepare()
    made = secrets_of(places.secrets)
    return Installation(places, made, Database(places, made, THROWN_AWAY), Broker(places, durable=False))


def remove(places: Places) -> None:
    """Delete the folders of an installation that is not running."""
    for folder in (places.server_folder("postgres"), places.server_folder("valkey"), places.sockets, places.root):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def servers(installation: Installation) -> Iterator[Sequence[Process]]:
    """The database and the broker, for as long as the block runs."""
    running: list[Process] = []
    try:
        for start in (installation.start_database, installation.start_broker):
            process = start()
            running += [process] if process else []
            remember(installation.places.processes, running)
        yield running
    finally:
        for process in reversed(running):
            process.stop()
        installation.places.processes.unlink(missing_ok=True)
