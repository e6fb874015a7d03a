"""Who can sign in to the local firm, where everything answers, and the file that says so to programs."""

import json
from typing import Any

from local.aws import client
from local.environment import REGION, STACK, LocalEnvironment, SetupError
from local.simulators import published

# Only this machine can reach them, so it may stand here and in the README.
PASSWORD = "Letterbook-local-1"  # noqa: S105
USERS = (
    ("admin", "Jane Marsh", "admin"),
    ("lead", "Omar Haddad", "lead"),
    ("agent", "Priya Nair", "agent"),
    ("auditor", "Tom Fletcher", "auditor"),
)


def publish(place: LocalEnvironment, outputs: dict[str, str]) -> dict[str, Any]:
    """Makes the users and writes endpoints.json."""
    for username, name, role in USERS:
        _ensure_user(place, outputs["UserPoolId"], username, name, role)
    endpoints = {
        "api_url": f"http://127.0.0.1:{place.api_port}",
        "console_url": f"http://127.0.0.1:{place.api_port}",
        "webhook_url": f"http://127.0.0.1:{place.webhook_port}",
        "ses_url": place.ses_url,
        "aws_url": place.aws_url,
        "region": REGION,
        "stack": STACK,
        "simulators": published(place),
        "users": [{"username": username, "password": PASSWORD, "role": role} for username, _, role in USERS],
    }
    place.keep(place.endpoints_file, json.dumps(endpoints, indent=2) + "\n")
    return endpoints


def token_of(place: LocalEnvironment, username: str) -> str:
    """An ID token. Raises Trouble for somebody who is not there."""
    users = {user["username"]: user["password"] for user in place.endpoints()["users"]}
    if username not in users:
        raise SetupError(f"There is no user {username}; there are {', '.join(users)}.")
    answer = client(place, "cognito-idp").initiate_auth(
        ClientId=place.outputs()["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": users[username]},
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


def describe(place: LocalEnvironment, endpoints: dict[str, Any]) -> str:
    users = "\n".join(f"  {user['username']:<8} {user['password']}" for user in endpoints["users"])
    vendors = "".join(f"  {name:<9} {one['url']}/_sim/messages\n" for name, one in endpoints["simulators"].items())
    return f"""
  API       {endpoints["api_url"]}/v1
  Console   {endpoints["console_url"]}
  Webhooks  {endpoints["webhook_url"]}
  Mail      {endpoints["ses_url"]}/messages
{vendors}  AWS       {endpoints["aws_url"]}  (MiniStack, {REGION}, test/test)

Users, each with the role of its name:
{users}

An ID token: make token USER=admin      Programs read {place.endpoints_file}
"""


def _ensure_user(place: LocalEnvironment, pool: str, username: str, name: str, role: str) -> None:
    cognito = client(place, "cognito-idp")
    attributes = [
        {"Name": "name", "Value": name},
        {"Name": "email", "Value": f"{username}@tolworthy.example"},
        {"Name": "email_verified", "Value": "true"},
    ]
    try:
        cognito.admin_create_user(
            UserPoolId=pool, Username=username, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=role)
