"""The app as `python -m explorer` starts it; a machine that is in no network has a second address all the same."""

from explorer import cli
from explorer.server import classroom

found = classroom.own_addresses() or ("127.0.0.2",)
classroom.own_addresses = lambda: found

cli.main()
