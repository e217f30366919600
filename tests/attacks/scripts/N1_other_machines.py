"""Calls an address that is reached by the network and not by loopback, by TCP, UDP and ICMP. The address is given: that of
the machine itself, so that nobody else is called where nothing stands in the way."""
import json
import socket
import sys

MACHINE = sys.argv[1]
reached = []


def attempt(name, family, kind, protocol, port):
    try:
        with socket.socket(family, kind, protocol) as one:
            one.settimeout(0.2)
            one.connect((MACHINE, port))
            reached.append(name)
    except (TimeoutError, ConnectionRefusedError):
        # The question came out; that nobody listens there is an answer.
        reached.append(name)
    except OSError as error:
        print(name, error)


attempt("tcp", socket.AF_INET, socket.SOCK_STREAM, 0, 443)
attempt("udp", socket.AF_INET, socket.SOCK_DGRAM, 0, 53)
attempt("icmp", socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, 0)
print(json.dumps({"outcome": "succeeded" if reached else "refused", "detail": reached}))
