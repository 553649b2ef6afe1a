"""Half a gigabyte that nobody asked for: refused at once, in words, and never held in memory."""

from __future__ import annotations

import socket

import pytest
from tests.days.conftest import Office, Opening

MIB = 1 << 20
HUGE = 500 * MIB
#: What a server may grow by while it refuses: its own threads and pages that it had not loaded yet.
GROWTH_MIB = 60


def send(office: Office, headers: str, body: object = b"", most: int = 0, chunked: bool = False) -> tuple[str, int]:
    """Posts through a bare socket until somebody answers or hangs up; gives the answer and the bytes that went out."""
    sent, block = 0, b"x" * MIB
    if chunked:
        block = f"{MIB:x}\r\n".encode() + block + b"\r\n"
    with socket.create_connection(("localhost", office.port), timeout=60) as line:
        line.sendall(f"POST /work-with-us/ HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n".encode())
        line.settimeout(0.02)
        answer = b""
        while sent < most:
            try:
                answer = line.recv(1 << 16)
                break
            except TimeoutError:
                pass
            try:
                line.settimeout(30)
                line.sendall(block)
                sent += MIB
                line.settimeout(0.001)
            except (BrokenPipeError, ConnectionResetError):
                break
        line.settimeout(30)
        try:
            if chunked and not answer:
                line.sendall(b"0\r\n\r\n")
            while part := line.recv(1 << 16):
                answer += part
                if b"</html>" in answer:
                    break
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            pass
    return answer.decode(errors="replace"), sent


@pytest.mark.slow
def test_half_a_gigabyte_is_refused_and_takes_no_memory(office: Opening) -> None:
    here = office()
    assert here.get("/work-with-us/") is not None
    before = here.memory_mib()

    answer, sent = send(here, f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {HUGE}", most=HUGE)
    assert answer.startswith("HTTP/1.1 413"), answer[:300]
    assert "too large" in answer
    assert sent < HUGE // 10, "it was read on and on"

    answer, sent = send(
        here, "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked", most=HUGE, chunked=True
    )
    assert answer.startswith("HTTP/1.1 411"), answer[:300]
    assert "how large" in answer
    assert sent < HUGE // 10

    assert here.memory_mib() - before < GROWTH_MIB
    page = here.get("/work-with-us/")
    assert page is not None
    assert page.status_code == 200
