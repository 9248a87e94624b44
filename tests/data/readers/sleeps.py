"""Waits for ever."""

import time

from explorer.data.formats.child import serve

serve(lambda data: {"x": time.sleep(1e6)})
