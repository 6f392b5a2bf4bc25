"""The embedded PostgreSQL: a cluster of its own, reached by its unix socket alone, with passwords."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from embedded.passwords import Secrets
from embedded.places import CannotStart, Places, as_server_user, server_user
from embedded.process import Process
from embedded.programs import postgres

NAME, OWNER, APPLICATION, WORKER, BACKUP = "edc", "edc_owner", "edc_app", "edc_worker", "edc_backup"
# Besides signing in. A backup takes every file, so its role may read every row; it may write none.
MAY: Mapping[str, str] = {BACKUP: "REPLICATION BYPASSRLS IN ROLE pg_read_all_data"}
# A test's cluster is thrown away: only there may the disk lag behind. Any plan finds its few rows soon, so that one is
# made for each statement, not for each value.
THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "plan_cache_mode=force_generic_plan")


@dataclass(frozen=True)
class Database:
    """The cluster of an installation; `settings` are PostgreSQL's, as name=value."""

    places: Places
    secrets: Secrets
    settings: Sequence[str] = ()

    @property
    def folder(self) -> Path:
        return self.places.server_folder("postgres") / "data"

    def url(self, role: str) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@/{NAME}?host={quote(str(self.places.sockets), safe='/')}"

    @property
    def passwords(self) -> Mapping[str, str]:
        made = self.secrets
        return {OWNER: made.owner, APPLICATION: made.application, WORKER: made.worker, BACKUP: made.backup}

    def process(self) -> Process:
        settings = (
            "listen_addresses=",
            f'unix_socket_directories="{self.places.sockets}"',
            # An archive that is away for good does not fill the disk: its next base backup begins anew.
            "max_slot_wal_keep_size=10GB",
            *self.settings,
        )
        arguments = [part for setting in settings for part in ("-c", setting)]
        return Process(
            name="database",
            command=[postgres("postgres"), "-D", self.folder, *arguments],
            log=self.places.logs / "database.log",
            environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            folder=self.folder,
            options=as_server_user(),
            stop_signal=signal.SIGINT,  # "fast": roll back what is open, close the sessions, write a checkpoint
            patience=60,
        )

    def create(self) -> None:
        """Make the cluster if there is none; a creation that was cut short leaves nothing behind."""
        if self.folder.exists():
            return
        unfinished, password = self.folder.with_name("unfinished"), self.folder.with_name("password")
        shutil.rmtree(unfinished, ignore_errors=True)
        _write_for_server(password, self.secrets.superuser)
        command = [
            postgres("initdb"),
            "-D",
            unfinished,
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
        ]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
        command += ["--no-sync"] if self.settings else []
        made = subprocess.run(command, cwd=self.folder.parent, capture_output=True, text=True, **as_server_user())  # type: ignore[call-overload]
        password.unlink()
        if made.returncode:
            raise CannotStart(f"The database could not be created:\n{made.stderr.strip()}")
        unfinished.rename(self.folder)

    def wait_for_earlier_server(self, patience: float = 60) -> None:
        """Wait until a server that was cut off is gone, and forget one whose process id now belongs to another."""
        lock = self.folder / "postmaster.pid"
        deadline = time.monotonic() + patience
        while lock.exists() and (pid := int(lock.read_text().split()[0])) and _is_postgres(pid):
            if time.monotonic() > deadline:
                raise CannotStart(f"An earlier database server (process {pid}) still runs and does not stop.")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        lock.unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.places.sockets / name).unlink(missing_ok=True)

    def wait_until_ready(self, process: Process, patience: float = 60) -> None:
        """Return once the server takes connections; recovery after a kill may take a while."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as error:
                if not process.running or time.monotonic() > deadline:
                    raise CannotStart(f"The database does not start: {error}\n{process.last_lines()}") from error
                time.sleep(0.05)

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """A connection as the superuser, in autocommit."""
        sockets, password = str(self.places.sockets), self.secrets.superuser
        return psycopg.connect(dbname=name, user="postgres", host=sockets, password=password, autocommit=True)

    def create_roles(self) -> None:
        """Make the roles and the database, if they are missing, and set the roles' passwords."""
        with self.connect() as connection:
            for role, password in self.passwords.items():
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    made = sql.SQL("CREATE ROLE {} LOGIN {}")
                    connection.execute(made.format(sql.Identifier(role), sql.SQL(MAY.get(role, ""))))
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                names = sql.Identifier(NAME), sql.Identifier(OWNER)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))


def _is_postgres(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return bool(process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _write_for_server(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    user = server_user()
    if user is not None:
        os.chown(path, user, user)
