"""A small mail server: it says what a test wants it to, and keeps what it is given."""

import socketserver
import threading
from email import message_from_bytes
from email.policy import default


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.rcpt = self.data = "250 fine"
        self.hang_up = False  # after the e-mail was taken, without saying so
        self.taken = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(":")[0]
            if word == "DATA":
                self.say("354 go on")
                self.server.taken.append(message_from_bytes(self.text(), policy=default))
                if self.server.hang_up:
                    return
                self.say(self.server.data)
            elif word == "RCPT TO":
                self.say(self.server.rcpt)
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def text(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)
