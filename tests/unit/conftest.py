"""Unit tests reach nothing outside their process."""

from pytest_socket import disable_socket


def pytest_runtest_setup() -> None:
    disable_socket()
