"""What `make run` and `make real` start, in order, and what they tell the person at the terminal."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from embedded.installation import lasting
from embedded.places import PROJECT, CannotStart
from embedded.supervisor import Supervisor, check_port, clear_leftovers, only_one, wait_for_site

DEMONSTRATION, REAL_DATA = "run", "real"
REAL = {
    "PROTOCOL_FILE": str(PROJECT / "protocol/pharmaverse.toml"),
    "SYNTHETIC_DATA": "false",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Folders of var/ that are no installation's, or one's with a trial of its own.
TAKEN = (DEMONSTRATION, REAL_DATA, "test", "static", "assets", "lint")


def chosen_for(name: str, empty: bool, environment: Mapping[str, str]) -> dict[str, str]:
    """The settings by which an installation differs from another: its protocol file, and whether records are invented.

    They come from the environment of whoever starts it, and are kept for the next start. Nobody invents the records of
    an empty trial, so that no page may say so. Raises CannotStart for a name that is no folder of its own.
    """
    own_file = {"PROTOCOL_FILE": str(Path(file).absolute())} if (file := environment.get("PROTOCOL_FILE")) else {}
    if not empty:
        return REAL if name == REAL_DATA else own_file
    if not NAME.fullmatch(name) or name in TAKEN:
        raise CannotStart(f"{name!r} cannot be the name of a trial: letters, digits, - and _, and none of {TAKEN}.")
    return {"SYNTHETIC_DATA": environment.get("SYNTHETIC_DATA", "false")} | own_file


def run(name: str, port: int, empty: bool, processes: int, console: Console) -> None:
    """Run the installation var/NAME until a signal asks to stop; an `empty` one loads no trial.

    `processes` is how many the site has, and how many tasks the worker does at once.
    """
    address = f"http://127.0.0.1:{port}"
    installation = lasting(name, chosen_for(name, empty, os.environ))
    with only_one(installation.places, address):
        clear_leftovers(installation.places, console)
        check_port(port)
        supervisor = Supervisor(installation, console)
        supervisor.stop_on_signals()
        try:
            start_servers(supervisor)
            greeting = how_to_begin(name) if empty else load_trial(supervisor)
            start_site(supervisor, port, address, processes)
            greet(supervisor, address, greeting)
            supervisor.watch()
        except KeyboardInterrupt:
            pass
        finally:
            supervisor.stop()


def start_servers(supervisor: Supervisor) -> None:
    """Start database and broker, and bring what is in them to this version."""
    installation, database = supervisor.installation, supervisor.installation.database
    with supervisor.step("Starting the database" if database else "Using the database of DATABASE_URL"):
        supervisor.add(installation.start_database())
    with supervisor.step("Starting the broker" if installation.broker else "Using the broker of CELERY_BROKER_URL"):
        supervisor.add(installation.start_broker())
    with supervisor.step("Bringing the database and the browser's files up to date"):
        supervisor.manage("setup_database", "--verbosity=0", environment=supervisor.for_setup())
        supervisor.manage("build_assets", "--verbosity=0")
    # Not before: a file that was refused is not kept in place of the one that the installation follows.
    installation.keep_settings()
    installation.write_environment()


def how_to_begin(name: str) -> str:
    return (
        "The trial is empty. The first user, who invites the others, in another terminal:\n"
        "  .venv/bin/python manage.py create_admin NAME --first-name FIRST --last-name LAST --email ADDRESS"
        f" --installation {name}"
    )


def load_trial(supervisor: Supervisor) -> str:
    """Load the trial that belongs to this installation, once; what its command says about logging in.

    The commands go on where they were cut short. Nobody else can type yet, so nobody is in their way.
    """
    installation = supervisor.installation
    if installation.database is None:
        return "The database is your own: nothing was loaded. `manage.py demo_trial` loads the demonstration."
    # No spinner: the commands show progress bars of their own.
    supervisor.console.print("Loading the trial, unless it is there ...")
    if installation.places.root.name == REAL_DATA:
        return load_real_data(supervisor)
    return supervisor.manage("demo_trial")


def load_real_data(supervisor: Supervisor) -> str:
    places = supervisor.installation.places
    done, folder = places.root / "loaded", places.root / "sdtm"
    if not done.exists():
        exported = supervisor.manage("real_data", str(folder))
        done.write_text(exported + "\n" + supervisor.manage("import_sdtm", str(folder), "--by", "importer"))
    return done.read_text()


def start_site(supervisor: Supervisor, port: int, address: str, processes: int) -> None:
    worker = celery("worker", f"--concurrency={processes}", "--without-gossip", "--without-mingle")
    with supervisor.step("Starting the site, the worker and the clock"):
        web = supervisor.python("web", *web_command(port, processes))
        supervisor.start(web)
        supervisor.start(supervisor.python("worker", *worker))
        supervisor.start(supervisor.python("beat", *celery("beat", "--pidfile=")))
        wait_for_site(address, web, lambda: supervisor.stopping)


def web_command(port: int, processes: int = 2) -> list[str]:
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(processes)]
    # One that dies is started again while another answers; without this all would end.
    options += ["--blocking-threads", "4", "--respawn-failed-workers", "--access-log"]
    return ["trialsite.serve", *options, "trialsite.wsgi:application"]


def celery(*arguments: str) -> list[str]:
    return ["celery", "-A", "trialsite.celery", *arguments, "--loglevel=INFO"]


def greet(supervisor: Supervisor, address: str, greeting: str) -> None:
    console, logs = supervisor.console, Path(os.path.relpath(supervisor.installation.places.logs))
    if greeting:
        console.print(greeting, markup=False, soft_wrap=True)
    running = ", ".join(process.name for process in supervisor.processes)
    console.print(f"[bold]Open {address}[/bold]   (running: {running}; logs in {logs}; Ctrl+C stops)", soft_wrap=True)
