"""Sets a provider up: asks for our credentials there and writes its secret: `python -m local.provider <name> production`.

The version of the secret before stays good for a week, so that credentials are exchanged without a post that is refused. Nothing
of what is typed is printed, and nothing is written before all of it was right.
"""

import argparse
import getpass
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import CredentialField
from letterbook.adapters.providers.spec import ProviderSpec
from local.environment import LocalEnvironment
from local.stage import Stage, stages

Ask = Callable[[str], str]
Tell = Callable[[str], None]


def ask_for(
    fields: Sequence[CredentialField], present: Mapping[str, str], shown: Ask, hidden: Ask, tell: Tell
) -> dict[str, str]:
    """The values of a secret: each is asked for until it looks as it has to.

    Nothing typed keeps what is there at `present`, or leaves the field to its default.
    """
    return {
        one.name: value
        for one in fields
        if (value := _value(one, present.get(one.name), hidden if one.hidden else shown, tell)) is not None
    }


def _value(field: CredentialField, present: str | None, ask: Ask, tell: Tell) -> str | None:
    if field.hint:
        tell(f"\n{field.label}: {field.hint}")
    kept = ", Enter keeps the present one" if present else f", Enter for {field.default or 'none'}"
    question = f"{field.label}{kept if present or field.default is not None else ''}: "
    while True:
        typed = ask(question).strip()
        if not typed and (present or field.default is not None):
            return present
        if re.fullmatch(field.pattern, typed, re.ASCII):
            return typed
        # What was typed may be another secret of theirs.
        tell(f"That is not what a value of {field.label} looks like. Once more:")


def present_values(secrets: Any, name: str) -> dict[str, str]:
    """What a secret holds by now; nothing where there is none."""
    try:
        held: dict[str, str] = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    except (secrets.exceptions.ResourceNotFoundException, secrets.exceptions.InvalidRequestException):
        return {}
    return held


def write(secrets: Any, name: str, values: Mapping[str, str]) -> None:
    """Makes the secret, or a new version of it. One that somebody has had deleted, and that is still there, is restored."""
    text = json.dumps(values)
    try:
        secrets.create_secret(Name=name, SecretString=text)
    except (secrets.exceptions.ResourceExistsException, secrets.exceptions.InvalidRequestException):
        if "DeletedDate" in secrets.describe_secret(SecretId=name):
            secrets.restore_secret(SecretId=name)
        secrets.put_secret_value(SecretId=name, SecretString=text)


def set_up(secrets: Any, stack: str, spec: ProviderSpec, base: str, shown: Ask, hidden: Ask, tell: Tell) -> None:
    """`base` is where providers reach us, without what follows it of each."""
    name = f"{stack}/providers/{spec.name}"
    before = present_values(secrets, name)
    tell(
        f"{spec.label}: docs/providers.md says where each value is found. What is a secret is not shown while you type."
    )
    values = ask_for(spec.credentials, before, shown, hidden, tell)
    if values == before:
        tell("\nThese are the credentials that were there before: nothing was written.")
    else:
        write(secrets, name, values)
        tell(f"\nWritten to the secret {name}.")
    for line in next_steps(spec, base, renewed=bool(before)):
        tell(line)


def next_steps(spec: ProviderSpec, base: str, *, renewed: bool) -> list[str]:
    urls = [f"{base}/{spec.name}/{path}".rstrip("/") for path in spec.webhooks]
    entered = [f"Enter at {spec.label}, as docs/providers.md says:", *(f"    {one}" for one in urls)] if urls else []
    steps = [
        "Within five minutes it is called with these.",
        "In the console, Settings, Providers: turn it on where the order was chosen there, and send a test message by it.",
    ]
    old = [f"Then withdraw the credentials before at {spec.label}: what it posts signed with them is taken for a week."]
    return [*entered, *steps, *(old if renewed else [])]


def webhook_base(stage: Stage) -> str:
    """Where providers reach a stack: as it was told, else at its function's own address."""
    if stage.name == "local":
        return LocalEnvironment.here().webhook_url
    [found] = stage.client("cloudformation").describe_stacks(StackName=stage.stack)["Stacks"]
    told = {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", ())}
    made = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
    return str(told.get("WebhookUrl") or made["WebhookUrl"]).rstrip("/")


def main() -> None:
    with_credentials = [name for name, spec in PROVIDERS.items() if spec.credentials]
    parser = argparse.ArgumentParser(
        prog="make provider", description="Sets a provider up, or gives it new credentials."
    )
    parser.add_argument("name", choices=with_credentials)
    parser.add_argument("stage", choices=stages())
    asked = parser.parse_args()
    stage = stages()[asked.stage]
    try:
        base = webhook_base(stage)
        set_up(stage.client("secretsmanager"), stage.stack, PROVIDERS[asked.name], base, input, getpass.getpass, print)
    except (EOFError, KeyboardInterrupt):
        sys.exit("\nNothing was written.")


if __name__ == "__main__":
    main()
