"""A file of somebody's own on its way here: in pieces, and bounded while they come."""

from typing import Any

import panel_material_ui as pmui

PIECE = 1 << 20  # bytes of a file that come in one message
MOST = 32 << 20  # of a file; what reads it says the same of points, and less of most other things
TOO_LARGE = f"the file is larger than {MOST >> 20} MiB, the most that a page takes"


class Upload(pmui.FileInput):
    """A button for one file. Panel's own would keep whatever comes, in any order and of any length."""

    def __init__(self, **options: Any) -> None:
        super().__init__(chunk_size=PIECE, max_file_size=MOST, multiple=False, **options)
        self._pieces: list[bytes] = []
        self._refused = False

    def _handle_msg(self, msg: Any) -> None:
        match msg:
            case {"status": "initializing"}:
                self._pieces, self._refused = [], False
            case {"status": "upload_event", "data": bytes() | bytearray() | memoryview() as piece}:
                self._keep(bytes(piece))
            case {"status": "finished"} if not self._refused:
                content, self._pieces = b"".join(self._pieces), []
                self.param.update(value=content)
                self._send_msg({"status": "finished"})

    def _keep(self, piece: bytes) -> None:
        if self._refused:
            return
        self._pieces.append(piece)
        if sum(map(len, self._pieces)) > MOST:
            self._pieces, self._refused = [], True
            self._send_msg({"status": "error", "error": TOO_LARGE})
