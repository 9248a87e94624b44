"""Starts a process, which would outlive it, before it is bounded, and tells its number."""

import subprocess
import sys

import numpy as np

from explorer.data.formats.child import serve

other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1e6)"])
serve(lambda data: {"number": np.array(other.pid)})
