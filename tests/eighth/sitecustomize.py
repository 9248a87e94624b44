"""Python runs this as it starts when this folder is on PYTHONPATH: a process that a test starts finds `dice` too."""

from pathlib import Path

from explorer import labs

labs.__path__.append(str(Path(__file__).parent))
