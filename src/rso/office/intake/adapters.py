"""Where a request comes from, to count by; nothing is decided by it but how many enquiries a day are taken."""

from __future__ import annotations

from ipaddress import ip_address

from django.http import HttpRequest


def place_of(request: HttpRequest) -> str:
    """The network address of the sender.

    Behind a proxy on the same machine every request comes from that machine, and all the world would share one
    day's number: then it is the address that the proxy added last to ``X-Forwarded-For``. From anywhere else the
    header is whatever its sender wrote, and is not read.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return said if _is_address(said) and _is_address(peer) and ip_address(peer).is_loopback else peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
