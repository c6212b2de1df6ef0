"""The ways in which an address that is none of the public ones may be written, each with a name that stays."""

from typing import Final

SPELLINGS: Final = {
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "octal": "0177.0.0.1",
    "parts-left-out": "127.1",
    "mixed-bases": "0x7f.0.0.01",
    "zero": "0",
    "unspecified": "0.0.0.0",  # noqa: S104 (it is what shall not be reached)
    "unspecified-v6": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped-in-hex": "[::ffff:7f00:1]",
}
"""Ten ways to write this machine."""
RANGES: Final = {
    "loopback-v6": "[::1]",
    "private-10": "10.1.2.3",
    "private-172": "172.16.0.1",
    "private-192": "192.168.1.1",
    "link-local": "169.254.169.254",
    "carrier-nat": "100.64.0.1",
    "protocols": "192.0.0.8",
    "benchmarks": "198.18.0.1",
    "documentation": "203.0.113.7",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unique-local": "[fd12::1]",
    "link-local-v6": "[fe80::1]",
    "compatible": "[::127.0.0.1]",
    "site-local": "[fec0::1]",
    "translated": "[::ffff:0:127.0.0.1]",
}
"""Seventeen ranges that are not public, three of which were let through by others."""
TRICKS: Final = {**SPELLINGS, **RANGES}
MORE: Final = {
    "localhost": "localhost",
    "nat64": "[64:ff9b::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "teredo": "[2001::1]",
    "6to4-relays": "192.88.99.1",
    "documentation-v4": "192.0.2.1",
    "documentation-v6": "[2001:db8::1]",
    "discarded": "[100::1]",
    "multicast-v6": "[ff02::1]",
}
"""What nobody counted, and is refused as well."""
NAMES: Final = {"localhost-with-a-dot": "localhost.", "below-localhost": "www.localhost"}
"""Names of this machine that not every system knows, so that only saving them is the same everywhere."""
