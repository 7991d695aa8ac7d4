"""A server that answers requests for texts as a test tells it to, and keeps what it was sent."""

import socket
import socketserver
import threading
from contextlib import suppress
from dataclasses import dataclass

ACCEPTED = b'{"MessageId":"aws-1"}'


@dataclass(frozen=True)
class Asked:
    """One request: its first line, its headers in lower case, and its body."""

    line: str
    headers: dict
    body: bytes


class Wire(socketserver.ThreadingTCPServer):
    """`answer(asked, connection)` writes what it likes, and says whether the connection stays."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Connection)
        self.tls = tls
        self.asked = []
        self.connections = 0
        self.answer = accept
        self.let_go = threading.Event()
        self.noticed = threading.Event()  # the client knows that a connection is closed
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.server_address[1]}"

    def close(self):
        self.let_go.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A connection that breaks is the point of some tests."""


class Connection(socketserver.StreamRequestHandler):
    def setup(self):
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self):
        super().finish()
        self.request.close()

    def handle(self):
        self.server.connections += 1
        while line := self.rfile.readline().decode().strip():
            headers = {}
            while head := self.rfile.readline().decode().strip():
                name, _, value = head.partition(":")
                headers[name.lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            asked = Asked(line, headers, body)
            self.server.asked.append(asked)
            if not self.server.answer(asked, self):
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_WR)
                    self.rfile.read()  # until the other side has noticed
                self.server.noticed.set()
                return

    def reply(self, status, body, content_type="application/x-amz-json-1.0"):
        self.wfile.write(
            f"HTTP/1.1 {status} Whatever\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )


def accept(_asked, connection):
    connection.reply(200, ACCEPTED)
    return True


def accept_and_hang_up(_asked, connection):
    connection.reply(200, ACCEPTED)
    return False


def hang_up(_asked, _connection):
    return False


def be_silent(_asked, connection):
    connection.server.let_go.wait()
    return False


def say(status, body):
    def answer(_asked, connection):
        connection.reply(status, body)
        return True

    return answer
