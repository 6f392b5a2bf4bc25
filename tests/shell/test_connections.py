"""A process that is forked off keeps the connections to the database that it opens, whatever its parent had opened."""

import os
import subprocess
import sys

import pytest

from embedded.places import PROJECT

# As a worker: its parent asks the database before it forks.
FORKED = """
import os
import django
django.setup()
from django.db import connection

def ask():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()

ask()
connection.close()
child = os.fork()
if child:
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os._exit(0 if ask() == ask() else 2)
"""


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_forked_process_works_over_a_connection_of_its_own(django_db_setup: None) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED], cwd=PROJECT, env={**os.environ}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
