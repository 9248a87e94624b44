"""Tells what its environment holds."""

import json
import os

import numpy as np

from explorer.data.formats.child import serve

serve(lambda data: {"names": np.frombuffer(json.dumps(sorted(os.environ)).encode(), np.uint8)})
