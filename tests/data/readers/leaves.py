"""Ends without an answer."""

import os

from explorer.data.formats.child import serve

serve(lambda data: {"x": os._exit(7)})
