"""The wheel, outside the checkout: everything that the commands need travels with it."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "mlopscards"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the backend that pyproject.toml names, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel in it."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as parts:
        parts.extractall(folder)
    return folder


def run(installed: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command from *installed*; of this environment it sees the libraries, but not the checkout."""
    code = (
        "import sys; sys.path[:] = [path for path in sys.path if not path.startswith(sys.argv[1])]; del sys.argv[1];"
        "import mlopscards.cli as cli; assert cli.__file__.startswith(sys.argv[1]), cli.__file__; del sys.argv[1];"
        "cli.main(sys.argv[1:])"
    )
    # Without -S the editable install of the checkout would be on the path.
    libraries = os.pathsep.join([str(installed), *{sysconfig.get_path(name) for name in ("purelib", "platlib")}])
    return subprocess.run(
        [sys.executable, "-S", "-c", code, str(ROOT / "src"), str(installed), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": libraries, "TMPDIR": str(installed.parent)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_every_file_of_the_package_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    wanted = {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as parts:
        names = set(parts.namelist())
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert {Path(name).suffix for name in wanted} >= {".py", ".html", ".css", ".md", ".yaml"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_runs_on_any_system_and_names_its_command(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as parts:
        (entry,) = [name for name in parts.namelist() if name.endswith("entry_points.txt")]
        assert "mlopscards = mlopscards.cli:main" in parts.read(entry).decode()


def test_the_wheel_makes_notes_and_decks_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    for arguments in (["init", "notes"], ["build"], ["build"], ["cards", "--format", "json"]):
        done = run(installed, *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "decks").iterdir()) == ["course-1-week-1.apkg", "everything.apkg"]
    with zipfile.ZipFile(tmp_path / "decks" / "everything.apkg") as package:
        collection = package.read("collection.anki2")
    for name in ("basic-question.front.html", "cloze.back.html", "style.css"):
        first_line = (SOURCE / "templates" / name).read_text(encoding="utf-8").split("\n")[0]
        assert first_line.encode() in collection


def test_a_mistake_is_told_outside_the_checkout_too(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "build", "missing", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no such folder" in done.stderr
