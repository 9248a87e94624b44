"""Ends as a library with a fault does."""

import os
import signal

from explorer.data.formats.child import serve

serve(lambda data: {"x": os.kill(os.getpid(), signal.SIGSEGV)})
