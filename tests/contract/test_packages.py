"""What `sam build` packs of each function: its own folder, whole, and no other's."""

import subprocess
from pathlib import Path

import pytest

from tests.support.sam_template import ROOT, functions, template


def _files(folder: Path) -> dict[Path, bytes]:
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("function", sorted(functions()))
def test_a_function_carries_its_own_folder_and_no_other(function: str, tmp_path: Path) -> None:
    [(logical, resource)] = [
        (name, one)
        for name, one in template()["Resources"].items()
        if one.get("Properties", {}).get("Handler") == f"{function}.handler.handler"
    ]
    assert resource["Metadata"] == {"BuildMethod": "makefile"}
    target = ["make", "--silent", f"build-{logical}", f"ARTIFACTS_DIR={tmp_path}"]
    subprocess.run(target, cwd=ROOT / "functions", check=True)
    assert [path.name for path in tmp_path.iterdir()] == [function]
    assert _files(tmp_path / function) == _files(ROOT / "functions" / function)
