"""The web server: one page a lab, one board for all of them, and a health check."""

from typing import Any

import panel as pn
from tornado.web import RedirectHandler, RequestHandler

from explorer.labs import labs
from explorer.runtime.board import Board
from explorer.ui.figures import warm
from explorer.ui.page import page

UNUSED_LIFETIME = 60_000  # ms a page may take to connect after it was sent: thirty tablets that open one link queue up


class Health(RequestHandler):
    """GET /health: the server answers, and says how busy its board is (see `Board.health`)."""

    def initialize(self, board: Board) -> None:
        self._board = board

    def get(self) -> None:
        self.write({"status": "ok", **self._board.health()})


def serve(
    *,
    port: int = 5006,
    host: str = "localhost",
    open_browser: bool = False,
    origins: tuple[str, ...] = (),
    device: str = "cpu",
) -> None:
    """Serve every lab until interrupted.

    Args:
        port, host: where to listen. open_browser: show the page in the user's browser.
        origins: further host:port names under which browsers may reach this server.
        device: where runs are computed, "cpu" or "cuda".
    """
    start(port=port, host=host, open_browser=open_browser, origins=origins, device=device).io_loop.start()


def start(
    *,
    port: int = 5006,
    host: str = "localhost",
    open_browser: bool = False,
    origins: tuple[str, ...] = (),
    device: str = "cpu",
) -> Any:
    """The started server, whose loop the caller runs; see `serve`."""
    pn.extension(notifications=False)
    desk = Board(device=device)
    for lab in labs():
        warm(lab)
    routes = {lab.name: page(lab, lambda: desk) for lab in labs()}
    default = labs()[0].name
    server = pn.serve(
        routes,
        port=port,
        address=host,
        websocket_origin=[f"{host}:{port}", f"localhost:{port}", f"127.0.0.1:{port}", *origins],
        title={name: f"explorer: {name}" for name in routes},
        show=open_browser,
        start=False,
        unused_session_lifetime_milliseconds=UNUSED_LIFETIME,
        extra_patterns=[
            (r"/", RedirectHandler, {"url": f"/{default}", "permanent": False}),
            (r"/health", Health, {"board": desk}),
        ],
    )
    server.start()  # its housekeeping, which pn.serve leaves out together with the loop: or no session would ever end
    return server
