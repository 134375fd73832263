"""A mail server that takes what it is sent, or refuses it, on a port of this machine."""

import socketserver
import threading
from contextlib import contextmanager


class Talk(socketserver.StreamRequestHandler):
    """The least that RFC 5321 asks of a server."""

    def handle(self):
        self.say("220 ready")
        for line in self.rfile:
            command = line.split(b":")[0].split()[0].upper()
            if command == b"DATA":
                self.say("354 go on")
                self.server.got.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.say("250 taken")
            elif command == b"RCPT" and self.server.refused in line.decode():
                self.say("550 no such person")
            elif command == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 yes")
        return None

    def say(self, answer):
        self.wfile.write(answer.encode() + b"\r\n")


@contextmanager
def mail_server(refused="nobody at all"):
    """Yield (port, list of what it got); recipients with `refused` in them are refused."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        server.got, server.refused = [], refused
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], server.got
        finally:
            server.shutdown()
            thread.join()
