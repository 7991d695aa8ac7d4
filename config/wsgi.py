"""The WSGI entry point that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded by now stays for good, so the collector need not look it through again and again;
# nor begin at every 700 objects, which one page makes and drops many times.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 10, 10)
