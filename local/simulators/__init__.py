"""The vendors on one machine: one small server each, which speaks as the vendor does, and checks as strictly.

A vendor is a module of its name: `CREDENTIALS` is what its local secret holds, by the names of its provider's fields, all but
the address of the server, which is added as `base_url`; where some are made here, `credentials(place)` is all of them.
`simulator(vendor)` makes its web application. Adding one is a name in SIMULATORS (local/environment.py).
"""

import json
from importlib import import_module
from urllib.parse import urlsplit

from flask import Flask

from local.aws import client
from local.environment import SIMULATORS, STACK, LocalEnvironment
from local.simulators.vendor import Vendor


def applications(place: LocalEnvironment) -> dict[int, Flask]:
    """Each vendor's server, by its port."""
    return {
        place.simulator_port(name): import_module(f"local.simulators.{name}").simulator(
            Vendor(place, name, credentials(place, name))
        )
        for name in SIMULATORS
    }


def credentials(place: LocalEnvironment, name: str) -> dict[str, str]:
    """What the local secret of a vendor holds."""
    module = import_module(f"local.simulators.{name}")
    held = module.credentials(place) if hasattr(module, "credentials") else module.CREDENTIALS
    return {**held, "base_url": place.simulator_url(name)}


def seed_secrets(place: LocalEnvironment) -> None:
    """One for each vendor, where `make provider` would put it; of one that is there already only the port is put right."""
    secrets = client(place, "secretsmanager")
    for name in SIMULATORS:
        secret, ours = f"{STACK}/providers/{name}", credentials(place, name)
        try:
            secrets.create_secret(Name=secret, SecretString=json.dumps(ours))
        except secrets.exceptions.ResourceExistsException:
            held = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
            if _simulated(held) and held["base_url"] != ours["base_url"]:
                moved = json.dumps({**held, "base_url": ours["base_url"]})
                secrets.put_secret_value(SecretId=secret, SecretString=moved)


def _simulated(held: dict[str, str]) -> bool:
    """Whether it is ours: a vendor's own address, or none, is somebody's who tries the vendor itself."""
    return urlsplit(held.get("base_url", "")).hostname == "127.0.0.1"


def published(place: LocalEnvironment) -> dict[str, dict[str, object]]:
    """What endpoints.json says of them."""
    return {name: {"url": place.simulator_url(name), "credentials": credentials(place, name)} for name in SIMULATORS}
