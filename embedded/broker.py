"""The embedded Valkey, which carries Celery's messages: a unix socket, each message on disk before it is answered."""

import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from embedded.places import CannotStart, Places, as_server_user
from embedded.process import Process
from embedded.programs import valkey_server


@dataclass(frozen=True)
class Broker:
    """The broker of an installation; `durable` writes each message through to the disk."""

    places: Places
    durable: bool = True

    @property
    def socket(self) -> Path:
        return self.places.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{quote(str(self.socket), safe='/')}"

    def process(self) -> Process:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "appendonly": "yes",
            # A message that a power cut takes is made good by beat; a save waits for the database's disk only.
            "appendfsync": "everysec" if self.durable else "no",
            "save": "",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return Process(
            name="broker",
            command=[valkey_server(), *arguments],
            log=self.places.logs / "broker.log",
            environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            folder=self.places.server_folder("valkey"),
            options=as_server_user(),
            stop_signal=signal.SIGTERM,
        )

    def wait_until_ready(self, process: Process, patience: float = 30) -> None:
        deadline = time.monotonic() + patience
        while not self.answers():
            if not process.running or time.monotonic() > deadline:
                raise CannotStart(f"The broker does not start:\n{process.last_lines()}")
            time.sleep(0.02)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
            except OSError:
                return False
