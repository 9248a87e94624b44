"""The address of a page, as its server and its browser both know it."""

from typing import Any

from panel.io.location import Location
from panel.util import edit_readonly

QUERY = "explorer-query"  # in a page's token: its websocket makes the page anew when it comes very late


class Address(Location):
    """Panel's, whose query is only ever text. Panel reads numbers and lists from it, and fails at ²."""

    @classmethod
    def of(cls, request: Any) -> "Address":
        """The address that was asked for: by this request, or by the page whose websocket asks now."""
        path, _, query = request.uri.partition("?")
        if path.endswith("/ws"):
            path, query = path.removesuffix("/ws"), request.arguments.get(QUERY, [b""])[0].decode()
        found = cls()
        with edit_readonly(found):
            found.param.update(pathname=path, search=f"?{query}" if query else "")
        return found

    @property
    def query_params(self) -> dict[str, Any]:
        return {}
