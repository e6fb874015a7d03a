"""The vendors on one machine: one small server each, which speaks as the vendor does, and checks as strictly.

A vendor is a module of its name: `CREDENTIALS` is what its local secret holds, by the names of its provider's fields, all but
the address of the server, which is added as `base_url`; where some are made here, `credentials(place)` is all of them.
`simulator(vendor)` makes its web application. Adding one is a name in
SIMULATORS (local/environment.py).
"""

import json
from importlib import import_module

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
    """One for each vendor, where `make provider` would put it; one that is there already is left as it is."""
    secrets = client(place, "secretsmanager")
    for name in SIMULATORS:
        try:
            secrets.create_secret(Name=f"{STACK}/providers/{name}", SecretString=json.dumps(credentials(place, name)))
        except secrets.exceptions.ResourceExistsException:
            continue


def published(place: LocalEnvironment) -> dict[str, dict[str, object]]:
    """What endpoints.json says of them."""
    return {name: {"url": place.simulator_url(name), "credentials": credentials(place, name)} for name in SIMULATORS}
