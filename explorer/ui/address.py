"""The address of a page, as its server and its browser both know it."""

from typing import Any

from panel.io.location import Location
from panel.util import edit_readonly


class Address(Location):
    """Panel's, whose query is only ever text. Panel reads numbers and lists from it, and fails at ²."""

    @classmethod
    def of(cls, request: Any) -> "Address":
        """The address that was asked for."""
        path, mark, query = request.uri.partition("?")
        found = cls()
        with edit_readonly(found):
            found.param.update(pathname=path, search=mark + query if query else "")
        return found

    @property
    def query_params(self) -> dict[str, Any]:
        return {}
