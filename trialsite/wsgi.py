"""The WSGI entry point that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from trialsite.system_checks import refuse_seal_keys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")

application = get_wsgi_application()

from trialsite.starting import or_end, refuse_wrong_protocol  # noqa: E402  it has models, which are there only now

or_end(refuse_seal_keys, refuse_wrong_protocol)
# What was loaded at the start stays for good: looking through it at each collection took a tenth of a save. Collecting
# at each 700 new objects, Python's default, took another twentieth, and found next to nothing.
gc.freeze()
gc.set_threshold(50_000, 20, 100)
