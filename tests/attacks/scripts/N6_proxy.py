"""Asks the proxy in ways that it might misread. Arguments: `host:port` that is allowed, `host:port` that is not. The first
is asked for properly, too: a proxy that refuses everything would show nothing."""
import json
import os
import socket
import sys

proxy = os.environ.get("HTTPS_PROXY", "").removeprefix("http://").split(":")
allowed, other = sys.argv[1:3]
host, port = allowed.split(":")


def ask(head):
    with socket.create_connection((proxy[0], int(proxy[1])), timeout=10) as one:
        one.sendall(head)
        answer = b""
        try:
            while b"\r\n" not in answer:
                more = one.recv(999)
                if not more:
                    break
                answer += more
        except OSError as error:
            return str(error)
        return answer.split(b"\r\n")[0].decode(errors="replace")


def connect(target, more=""):
    return ("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (target, target, more)).encode()


def get(target, more=""):
    return ("GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (target, target.split("/")[2] if "//" in target else "x", more)).encode()


HOSTILE = {
    "other port": connect(other),
    "other host": connect("192.0.2.1:443"),
    "other name": connect("evil.invalid:443"),
    "other in clear": get("http://%s/" % other),
    "suffix": connect(host + ".evil.invalid:" + port),
    "user": connect("x@" + allowed),
    "allowed as user": connect("%s@%s" % (host, other)),
    "dot at the end": connect("%s.:%s" % (host, port)),
    "zero byte": connect("evil.invalid\0.%s:%s" % (host, port)),
    "decimal address": connect("2130706433:" + port),
    "hexadecimal address": connect("0x7f000001:" + port),
    "short address": connect("127.1:" + port),
    "IPv6 address": connect("[::1]:" + port),
    "IPv4 in IPv6": connect("[::ffff:127.0.0.1]:" + port),
    "port beyond": connect("%s:%d" % (host, int(port) + 65536)),
    "port with sign": connect("%s:+%s" % (host, port)),
    "no port": connect(host),
    "punycode": connect("xn--80ak6aa92e.invalid:" + port),
    "other host line": connect(allowed).replace(b"Host: " + allowed.encode(), b"Host: evil.invalid:443"),
    "two host lines": connect(allowed, "Host: evil.invalid:443\r\n"),
    "folded line": connect(allowed, "X: a\r\n b\r\n"),
    "lines without CR": connect(allowed).replace(b"\r\n", b"\n") + b"\r\n\r\n",
    "smuggled request": get("http://%s/ HTTP/1.1\r\nX: y" % other),
    "body": connect(allowed, "Content-Length: 5\r\n") + b"hello",
    "chunks": get("http://%s/" % allowed, "Transfer-Encoding: chunked\r\n"),
    "upload": get("http://%s/" % allowed).replace(b"GET", b"PUT"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "SOCKS": b"\x05\x01\x00\r\n\r\n",
    "relative": b"GET / HTTP/1.1\r\nHost: " + allowed.encode() + b"\r\n\r\n",
    "endless head": b"CONNECT " + b"x" * 40000,
}
came, through = {}, []
for name, head in HOSTILE.items():
    came[name] = ask(head)
    if " 2" in came[name][:12] or " 3" in came[name][:12]:
        through.append(name)
properly = ask(get("http://%s/simple/pip/" % allowed, "Connection: close\r\n"))
for name, answer in came.items():
    print(name, "->", answer)
print("properly ->", properly)
print(json.dumps({"outcome": "succeeded" if through else "refused", "detail": {"through": through, "properly": properly}}))
