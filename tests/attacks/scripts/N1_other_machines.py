"""Calls another machine in every way: by TCP, UDP, ICMP and by asking for a name. The address is one that is kept for
examples, so that nobody is called where nothing stands in the way."""
import json
import socket

MACHINE = "192.0.2.1"
reached = []


def attempt(name, family, kind, protocol, port):
    try:
        with socket.socket(family, kind, protocol) as one:
            one.settimeout(0.2)
            one.connect((MACHINE, port))
            reached.append(name)
    except TimeoutError:
        # The question was sent, and nobody is there to answer.
        reached.append(name)
    except OSError as error:
        print(name, error)


attempt("tcp", socket.AF_INET, socket.SOCK_STREAM, 0, 443)
attempt("udp", socket.AF_INET, socket.SOCK_DGRAM, 0, 53)
attempt("icmp", socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, 0)
print(json.dumps({"outcome": "succeeded" if reached else "refused", "detail": reached}))
