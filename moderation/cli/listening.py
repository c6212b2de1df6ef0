"""Where a server of ours is to listen."""

import socket

from moderation.embedded.process import CannotStart


def free_port(host: str, port: int) -> int:
    """Give the port that can be listened on, any free one for 0; raise CannotStart where somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port."
            ) from None
        return int(probe.getsockname()[1])
