"""A receiver of the fault plan in a process of its own, so that what it does costs the others and the harness nothing.

It prints its address; then, for each line that it reads, when each event came. It ends when nobody reads any more.
"""

import json
import socket
import sys
from collections import defaultdict
from time import time
from typing import Final

from faults.line import AT_ONCE
from servers.scorer import Handler, Respond, outsider, says

HUGE: Final = b"a" * 2_000_000


def reset(handler: Handler) -> None:
    """Break off at once."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    handler.connection.close()
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """Answer for ever, one byte a second."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.outsider.over.wait(1):
        handler.wfile.write(b".")


def responses(bait: str) -> dict[str, Respond]:
    """Give every way of answering, by its name; `bait` is where one leads elsewhere."""
    return {
        "steady": says(204),
        "500": says(500, b"broken"),
        "reset": reset,
        "one byte a second": drip,
        "elsewhere": says(307, Location=bait),
        "410": says(410),
        "429": says(429, **{"Retry-After": "2"}),
        "huge": says(200, HUGE),
        "bad TLS": says(200),
    }


def main(name: str, bait: str) -> None:
    """Serve in one of these ways."""
    heard: defaultdict[str, list[float]] = defaultdict(list)
    respond = responses(bait)[name]

    def noting(handler: Handler) -> None:
        heard[handler.headers["webhook-id"]].append(time())
        try:
            respond(handler)
        except OSError:  # The answer was cut off.
            handler.close_connection = True

    with outsider(noting) as server:
        print(server.url, flush=True)  # noqa: T201 (to the harness)
        for _ in sys.stdin:
            came = {event: list(times) for event, times in list(heard.items())}
            print(json.dumps(came), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
