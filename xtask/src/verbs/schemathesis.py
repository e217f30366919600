"""How archives are sent: schemathesis knows no bytes of that name, and makes up texts and lists of numbers."""

import schemathesis


@schemathesis.serializer("application/zip", "application/gzip")
def archive(_context, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        return bytes(value)
    return str(value).encode("utf-8", "replace")
