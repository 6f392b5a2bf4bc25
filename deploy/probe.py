"""Exit 0 when the site in this container says that it is healthy; the argument is a host name that it accepts."""

import sys
import urllib.request

request = urllib.request.Request("http://127.0.0.1:8000/health/", headers={"Host": sys.argv[1]})
with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  our own address
    sys.exit(answer.status != 200)
