"""Only public addresses are reached, by TLS, and what the operator allows beyond them."""

from ipaddress import ip_address

import pytest

from moderation.adapters.reach import Reach

PUBLIC = ("93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")
HIDDEN = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),  # noqa: S104
    *("100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"),
    *("3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_reached_by_tls_on_its_ports(address: str) -> None:
    reach, found = Reach(), ip_address(address)

    assert reach.holds(found, 443, secure=True)
    assert reach.holds(found, 8443, secure=True)
    assert not reach.holds(found, 443, secure=False)
    assert not reach.holds(found, 22, secure=True)


@pytest.mark.parametrize("address", HIDDEN)
def test_no_other_address_is_reached(address: str) -> None:
    assert not Reach().holds(ip_address(address), 443, secure=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "fd00::7"])
def test_what_is_allowed_is_reached_without_tls_and_on_any_port(address: str) -> None:
    reach = Reach(["127.0.0.0/8", "fd00::/8"])

    assert reach.holds(ip_address(address), 8000, secure=False)
    assert not reach.holds(ip_address("10.0.0.1"), 443, secure=True)
