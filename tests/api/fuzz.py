"""`make fuzz ARGS="--examples 50 --seconds 900"`: made-up requests at length, other ones at each run."""

import argparse
import os
import sys

import pytest


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=25, help="requests of each operation, by each role and kind")
    options.add_argument("--seconds", type=int, default=1800, help="after which it stops; 0: when all were tried")
    options.add_argument("-k", default="", help="as pytest's: a role, or POSITIVE or NEGATIVE")
    given = options.parse_args()
    os.environ.update(FUZZ_EXAMPLES=str(given.examples), FUZZ_SECONDS=str(given.seconds))
    return int(
        pytest.main(["tests/api/test_generated_requests.py", "-q", "-rP", *(["-k", given.k] if given.k else [])])
    )


if __name__ == "__main__":
    sys.exit(main())
