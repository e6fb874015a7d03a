"""template.yaml as data: what stands in a loop there (Fn::ForEach) written out, as the local cloud writes it out."""

import sys
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.environment import ROOT


def read() -> dict[str, Any]:
    """The template, with CloudFormation's short forms written out too: `{"Ref": ...}`, `{"Fn::GetAtt": [...]}`."""
    limit = sys.getrecursionlimit()
    # It imports a library that raises the limit for everybody: what is nested too deep would be followed for minutes.
    from ministack.services.cloudformation import language_extensions

    sys.setrecursionlimit(limit)
    written: dict[str, Any] = language_extensions.apply(yaml_parse((ROOT / "template.yaml").read_text()), {})
    return written
