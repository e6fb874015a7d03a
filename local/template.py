"""template.yaml as data: what stands in a loop there (Fn::ForEach) written out, as the local cloud writes it out."""

from typing import Any

from ministack.services.cloudformation import language_extensions
from samtranslator.yaml_helper import yaml_parse

from local.environment import ROOT


def read() -> dict[str, Any]:
    """The template, with CloudFormation's short forms written out too: `{"Ref": ...}`, `{"Fn::GetAtt": [...]}`."""
    written: dict[str, Any] = language_extensions.apply(yaml_parse((ROOT / "template.yaml").read_text()), {})
    return written
