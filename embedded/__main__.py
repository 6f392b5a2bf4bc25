"""python -m embedded run|stop|status|with|backup|restore|remove: the commands behind the Makefile."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from embedded.backup import backup, restore
from embedded.installation import lasting, remove, servers
from embedded.places import PROJECT, RELEASE, CannotStart, Places
from embedded.process import stop_process
from embedded.run import run
from embedded.supervisor import clear_leftovers, only_one, running_supervisor


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    console = Console(highlight=False)
    try:
        return int(chosen.do(chosen, console) or 0)
    except CannotStart as reason:
        console.print(str(reason), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    made.add_argument("--name", default="run", help="the installation, a folder of var/ (default: run)")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    runs = commands.add_parser("run", help="start everything and keep it running")
    runs.add_argument("--port", type=int, default=8000)
    runs.add_argument("--processes", type=int, choices=range(1, 17), default=2)
    runs.add_argument("--empty", action="store_true", help="an empty trial: nothing is loaded")
    runs.set_defaults(do=lambda chosen, console: run(chosen.name, chosen.port, chosen.empty, chosen.processes, console))
    commands.add_parser("stop", help="stop a running installation").set_defaults(do=stop)
    commands.add_parser("status", help="say whether it runs").set_defaults(do=status)
    commands.add_parser("remove", help="delete the installation with all its data").set_defaults(do=delete)
    backups = commands.add_parser("backup", help="take a backup and check it; or what else `python -m backups` does")
    backups.add_argument("arguments", nargs=argparse.REMAINDER)
    backups.set_defaults(do=lambda chosen, console: backup(chosen.name, chosen.arguments or ["take"], console))
    restores = commands.add_parser("restore", help="put the database back to a moment of its backups")
    restores.add_argument("--to", default="", metavar="MOMENT", help="2026-11-29 20:15:07 (UTC); without it, the end")
    restores.add_argument("--anyway", action="store_true", help="even where trail or signatures do not verify")
    restores.set_defaults(do=lambda chosen, console: restore(chosen.name, chosen.to, chosen.anyway, console))
    other = commands.add_parser("with", help="run a command that needs the database and the broker")
    other.add_argument("command", nargs=argparse.REMAINDER)
    other.set_defaults(do=run_with_servers)
    return made


def places_of(chosen: argparse.Namespace) -> Places:
    return Places(PROJECT / "var" / chosen.name)


def stop(chosen: argparse.Namespace, console: Console) -> int:
    pid = running_supervisor(places_of(chosen))
    if pid is None:
        clear_leftovers(places_of(chosen), console)
        console.print(f"{chosen.name} is not running.")
    else:
        stop_process(pid, signal.SIGTERM, patience=120)
        console.print(f"{chosen.name} is stopped.")
    return 0


def status(chosen: argparse.Namespace, console: Console) -> int:
    pid = running_supervisor(places_of(chosen))
    console.print(f"{chosen.name} is not running." if pid is None else f"{chosen.name} runs (process {pid}).")
    # What runs may have been started before the files were exchanged: its own release stands at the foot of its pages.
    console.print(f"The program in this folder is release {RELEASE}.")
    return 0


def delete(chosen: argparse.Namespace, console: Console) -> int:
    if running_supervisor(places_of(chosen)):
        raise CannotStart(f"{chosen.name} is running: stop it first.")
    clear_leftovers(places_of(chosen), console)
    remove(places_of(chosen))
    console.print(f"{chosen.name} is deleted.")
    return 0


def run_with_servers(chosen: argparse.Namespace, console: Console) -> int:
    """Run the command against the running installation, or start its servers for as long as the command runs."""
    command = [part for part in chosen.command if part != "--"]
    installation = lasting(chosen.name)
    environment = {**os.environ, **installation.environment, **installation.for_setup}
    if running_supervisor(installation.places):
        return subprocess.run(command, env=environment).returncode
    with only_one(installation.places, ""):
        clear_leftovers(installation.places, console)
        with servers(installation):
            return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
