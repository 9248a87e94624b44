"""The app as `python -m explorer` starts it, but three pages are as many as a browser may have."""

import sys
from functools import partial

from explorer import cli, server

sys.path.insert(0, "")  # where -m looks for modules first: the folder in which somebody works
server.Visitors = partial(server.Visitors, 3)
server.UNUSED_LIFETIME = 600_000

cli.main()
