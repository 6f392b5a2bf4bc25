"""python -m trialsite.serve OPTIONS: the site under granian, by its options, unless the installation refuses to start.

Granian starts a process that refused once more and then ends with 1, as after a crash. What supervises it needs the
code of a refusal, so the rules are asked before it begins.
"""

import os
import sys


def main() -> None:
    # Ends with 78 and the words where a rule refuses.
    import trialsite.wsgi  # noqa: F401

    os.execv(sys.executable, [sys.executable, "-m", "granian", *sys.argv[1:]])  # noqa: S606  the same interpreter


if __name__ == "__main__":
    main()
