"""A publisher's server that takes whatever comes, in a process of its own; it notes when and where each came first."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Final

CAME: Final[dict[str, float]] = {}


class Taking(BaseHTTPRequestHandler):
    """Takes an event; tells what came to whoever asks."""

    def do_POST(self) -> None:
        """Take it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        CAME.setdefault(f"{self.path} {self.headers.get('webhook-id', '')}", time())
        self.send_response(204)
        self.end_headers()

    def do_GET(self) -> None:
        """Tell when each came first."""
        body = json.dumps(CAME).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Hall(ThreadingHTTPServer):
    """Has room for all who come at once."""

    request_queue_size = 128


if __name__ == "__main__":
    server = Hall(("127.0.0.1", 0), Taking)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
