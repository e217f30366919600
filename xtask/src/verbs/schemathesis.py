"""What schemathesis does not know by itself: how archives are sent, and what the events of a stream are."""

import json

import schemathesis


@schemathesis.serializer("application/zip", "application/gzip")
def archive(_context, value):
    """Of bytes schemathesis knows no such name, and makes up texts and lists of numbers."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        return bytes(value)
    return str(value).encode("utf-8", "replace")


@schemathesis.deserializer("text/event-stream")
def events(_context, response):
    """The schema is that of the JSON in each data line, and not of the fields around it."""
    lines = response.content.decode("utf-8").split("\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
