"""Asks for a terabyte."""

from explorer.data.formats.child import serve

serve(lambda data: {"x": bytearray(1 << 40)})
