"""Make .venv and install the pinned requirements, unless they are installed already.

Run by whatever Python is at hand, before any package is there: it uses the standard library alone, and says in plain
words when that Python will not do.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
WANTED = (3, 11)
NO_VENV = "{}\nThis Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv"


def main(arguments: list[str]) -> None:
    if sys.version_info[:2] != WANTED:
        running = "{}.{}".format(*sys.version_info)
        sys.exit("Python {}.{} is needed, and this is {}: make PYTHON=/path/to/python3.11".format(*WANTED, running))
    files = [PROJECT / name for name in ("requirements.txt", *arguments)]
    stamp = VENV / "installed-{}".format("-".join(path.stem for path in files))
    stamp_now = digest([*files, PROJECT / "constraints.txt"])
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == stamp_now:
        return
    make_environment()
    print("Installing {} ...".format(" and ".join(path.name for path in files)), flush=True)
    install(files)
    stamp.write_text(stamp_now)
    print("The environment is ready.", flush=True)


def digest(files: list[Path]) -> str:
    """Changes with the requirements and with this Python."""
    hashed = hashlib.sha256(sys.version.encode())
    for path in files:
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


def make_environment() -> None:
    if PYTHON.exists() and has_pip():
        return
    print("Making .venv ...", flush=True)
    # Debian leaves ensurepip out of its Python: then the system's own pip, if there is one, is asked instead.
    plain = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if plain.returncode == 0 and has_pip():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True)
    command = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    if subprocess.run(command, capture_output=True).returncode:
        sys.exit(NO_VENV.format(plain.stderr.strip() or plain.stdout.strip()))


def has_pip() -> bool:
    return (
        PYTHON.exists() and subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0
    )


def install(files: list[Path]) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--constraint", "constraints.txt"]
    command += [part for path in files for part in ("--requirement", path.name)]
    # Piece by piece into a log it would be a wall of text: a terminal shows pip's own progress bars.
    command += [] if sys.stdout.isatty() else ["--quiet", "--quiet"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if subprocess.run(command, cwd=str(PROJECT), env=environment).returncode:
        sys.exit("The requirements could not be installed: see above. `make setup` goes on where it stopped.")


if __name__ == "__main__":
    main(sys.argv[1:])
