"""What a teacher sees in the terminal: where the class finds the page, its token, and a QR code of both."""

import io

import segno

from explorer.server.classroom import Classroom

WHITE_ON_BLACK, PLAIN = "\x1b[97;40m", "\x1b[0m"  # or a terminal that is light would show the code inverted


def announcement(classroom: Classroom, port: int, encoding: str | None) -> str:
    """The lines to print; in an encoding without block characters the code is drawn larger, in colours alone."""
    address, *others = classroom.pages(port)
    also = f"  (also {', '.join(others)})" if others else ""
    return "\n".join(
        (
            "",
            f"  address  {address}{also}",
            f"  token    {classroom.token}",
            "",
            terminal_qr(classroom.link(port), encoding),
            "For phones and laptops on the same network; the code opens the page with the token.",
        )
    )


def terminal_qr(text: str, encoding: str | None) -> str:
    """A QR code with its quiet zone, as lines for a terminal."""
    code, out = segno.make_qr(text, error="l"), io.StringIO()
    try:
        "▀▄█".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        code.terminal(out, border=4)
        return out.getvalue()
    code.terminal(out, border=4, compact=True)
    return "\n".join(f"{WHITE_ON_BLACK}{line}{PLAIN}" for line in out.getvalue().splitlines())
