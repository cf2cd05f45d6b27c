"""One finished small run, made once per process by the real command."""

import shutil
from pathlib import Path

import pytest

from tests.cli.desk import SMALL, lab_alone, write


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small.toml and runs/small, finished by `enterpriselab run`. Not to be changed."""
    home = tmp_path_factory.mktemp("finished")
    write(home / "small.toml", SMALL)
    ended = lab_alone("run", "small.toml", cwd=home)
    assert ended.code == 0, ended
    return home


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished run that a test may spoil."""
    return Path(shutil.copytree(finished, tmp_path / "home"))
