"""What the server says: one line an event, of sensible length, whatever somebody sent."""

import logging
import sys
import traceback
from pathlib import Path

from tornado.log import access_log
from tornado.web import RequestHandler

import explorer
from explorer.server.token import split_query

MOST = 300  # characters: an address or a message may have millions
OURS = str(Path(explorer.__file__).parent)
GATE = str(Path(__file__).parent)  # what stands here passes on what others raise


class Lines(logging.Formatter):
    """Records in one line, cut where they are long.

    A traceback stays where our own code went wrong. An error that a library raised for what somebody sent is named.
    """

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        told = f"{record.levelname} {record.name}: {record.getMessage()}"
        line = cut(f"{self.formatTime(record)} {told}" + (f" ({type(error).__name__}: {error})" if error else ""))
        return f"{line}\n{''.join(traceback.format_exception(error))}".rstrip() if error and is_ours(error) else line


def set_up() -> None:
    """Have everything logged in this process in such lines, on stderr. For a program, not for a library."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)  # Panel's logger says everything, and leaves it to its handler to choose
    handler.setFormatter(Lines())
    # what Panel catches it both logs, with all that was sent, and raises to where it is logged once
    handler.addFilter(lambda record: not (record.name.startswith("panel") and record.exc_info))
    logging.getLogger().handlers[:] = [handler]
    for name in ("bokeh", "panel", "tornado"):  # those that have a handler of their own
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def request(handler: RequestHandler) -> None:
    """Log an answer: a fault as an error, what was refused as a warning, the rest where somebody asks for it."""
    status = handler.get_status()
    level = logging.INFO if status < 400 else logging.WARNING if status < 500 else logging.ERROR
    path, query = handler.request.path, split_query(handler.request.query)[1]  # a class's token is nobody's to read
    asked = cut(repr(f"{path}?{query}" if query else path), MOST // 2)
    access_log.log(level, "%d %s %s from %s", status, handler.request.method, asked, handler.request.remote_ip)


def cut(text: str, most: int = MOST) -> str:
    """Text in one line of at most that many characters."""
    line = "".join(char if char.isprintable() else " " for char in text[: most + 1])
    return line if len(line) <= most else line[: most - 3] + "..."


def is_ours(error: BaseException) -> bool:
    """Whether our own code stands in the error's traceback."""
    frames = traceback.walk_tb(error.__traceback__)
    files = [frame.f_code.co_filename for frame, _ in frames]
    return any(file.startswith(OURS) and not file.startswith(GATE) for file in files)
