"""The commands behind `make up`, `make down` and their like: `python -m local <command>`."""

import argparse
import shutil
import sys
import time

from local import daemons
from local.environment import LocalEnvironment, SetupError


def up(place: LocalEnvironment) -> None:
    from local.deploy import deploy
    from local.endpoints import describe, publish
    from local.seed import seed
    from local.simulators import seed_secrets

    started = time.monotonic()

    def step(words: str) -> None:
        print(f"[{time.monotonic() - started:5.1f} s] {words}", flush=True)

    place.make()
    step("starting the local cloud")
    daemons.start(place)
    step("building and deploying template.yaml")
    outputs = deploy(place)
    seed_secrets(place)
    endpoints = publish(place, outputs)
    step("seeding the firm")
    step(seed(place, endpoints))
    step("ready")
    print(describe(place, endpoints))


def down(place: LocalEnvironment) -> None:
    print("Stopped; the data is kept." if daemons.stop(place) else "Nothing was running.")


def reset(place: LocalEnvironment) -> None:
    daemons.stop(place, forget=True)
    shutil.rmtree(place.home, ignore_errors=True)
    print("Everything is forgotten.")


def token(place: LocalEnvironment, user: str) -> None:
    from local.endpoints import token_of

    print(token_of(place, user))


def logs(place: LocalEnvironment) -> None:
    from local.logs import follow

    follow(place)


def serve(place: LocalEnvironment) -> None:
    from local.serve import serve as run

    run(place)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "reset", "logs", "serve"):
        commands.add_parser(name)
    commands.add_parser("token").add_argument("user")
    arguments = parser.parse_args()
    place = LocalEnvironment.here()
    try:
        if arguments.command == "token":
            token(place, arguments.user)
        else:
            {"up": up, "down": down, "reset": reset, "logs": logs, "serve": serve}[arguments.command](place)
    except SetupError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
