"""Suite: tasks under one name. A built-in one, a tasks.jsonl, a folder of JSON tasks, or family modules.

Built-in suites are folders of this package that hold `families/`; the folder is the registry. A family module of the
user is Python and is run as the user; nothing confines it.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from enterpriselab.apps import world_spec
from enterpriselab.benchmarks.families import Family, Place, build
from enterpriselab.core.errors import EnterpriseLabError, UsageError
from enterpriselab.core.task_files import read_task, read_tasks, refuse_twins
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.world import World

OpenWorld = Callable[[str], Environment]
HOME = Path(__file__).parent
_ALL = "/all"
_FORM = "docs/suites.md shows the forms of a suite"


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks under one name, possibly of several worlds."""

    name: str
    tasks: tuple[Task, ...]


def suite_names() -> list[str]:
    """Names of the suites that come with the package; `NAME/all` has the families' further instances too."""
    own = [folder.parent.relative_to(HOME).as_posix() for folder in HOME.rglob("families") if folder.is_dir()]
    return sorted(own + [f"{name}{_ALL}" for name in own])


def load_suite(name: str, *, open_world: OpenWorld | None = None) -> Suite:
    """A built-in suite by name, else the suite at that path.

    Args:
        name: "opsgym/itsm", or the path of a tasks.jsonl, of a JSON task, of a family module, or of a folder of the
            latter two.
        open_world: gives the worlds that families look at; by default they are opened by name, each once.

    Raises:
        UsageError: there is no such suite, it is empty, or a file in it is no task and no family.
    """
    worlds = open_world or _open_world
    if name in suite_names():
        return Suite(name, tuple(_built(_own_families(name), worlds)))
    path = Path(name)
    if path.is_dir():
        tasks = _folder(path, worlds)
    elif path.suffix == ".py":
        tasks = _made_by([path], worlds)
    elif path.suffix == ".json":
        tasks = [read_task(path)]
    elif path.suffix or path.exists():
        tasks = read_tasks(path)
    else:
        raise UsageError(f"There is no suite {name!r}; there are: {', '.join(suite_names())}.", hint=_FORM)
    if not tasks:
        raise UsageError(f"{name} holds no task.", hint=_FORM)
    refuse_twins(tasks, where=name)
    return Suite(path.stem, tuple(tasks))


def _folder(path: Path, worlds: OpenWorld) -> list[Task]:
    """Every *.json and every *.py of a folder, by name; a leading underscore leaves a file out."""
    files = [file for file in sorted(path.iterdir()) if not file.name.startswith("_")]
    tasks = [read_task(file) for file in files if file.suffix == ".json"]
    return tasks + _made_by([file for file in files if file.suffix == ".py"], worlds)


def _made_by(files: Sequence[Path], worlds: OpenWorld) -> list[Task]:
    """The tasks of family modules of the user. Raises UsageError with file and line for whatever goes wrong in one."""
    found: list[Task] = []
    families = []
    for file in files:
        with _told(file):
            families.append((file, _family_of(_module(file), str(file))))
    kept = cache(worlds)
    for file, family in families:
        with _told(file):
            found += _built([family], kept)
    return found


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What the user's code raises becomes one message that says where."""
    try:
        yield
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        line = _line_in(file, error)
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        what = said if isinstance(error, EnterpriseLabError) else f"{type(error).__name__}: {said}"
        raise UsageError(f"{file}{f', line {line}' if line else ''}: {what}", hint=f"mend it; {_FORM}") from error


def _line_in(file: Path, error: BaseException) -> int | None:
    """The line of the file that an error, or what caused it, comes from; None when it is not known."""
    if isinstance(error, SyntaxError):
        return error.lineno
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if Path(frame.filename) == file.resolve()]
    if lines or error.__cause__ is None:
        return lines[-1] if lines else None
    return _line_in(file, error.__cause__)


def _built(families: Iterable[Family], worlds: OpenWorld) -> list[Task]:
    places: dict[str, Place] = {}

    def place(world: str) -> Place:
        if world not in places:
            places[world] = Place(world, worlds(world))
        return places[world]

    return [task for family in families for world in family.worlds for task in build(family, place(world))]


def _own_families(name: str) -> Iterator[Family]:
    home = name.removesuffix(_ALL)
    package = f"enterpriselab.benchmarks.{home.replace('/', '.')}.families"
    for module in pkgutil.iter_modules([str(HOME / home / "families")]):
        family = _family_of(importlib.import_module(f"{package}.{module.name}"), module.name)
        yield replace(family, worlds=(*family.worlds, *family.more_worlds)) if name.endswith(_ALL) else family


def _module(path: Path) -> ModuleType:
    """Run a Python file of the user as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"family_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UsageError(f"Cannot read the family {path}.", hint=_FORM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _family_of(module: ModuleType, where: str) -> Family:
    family = getattr(module, "FAMILY", None)
    if not isinstance(family, Family):
        raise UsageError(f"{where} has no FAMILY = Family(...).", hint=_FORM)
    return family


@cache
def _open_world(name: str) -> World:
    return World(world_spec(name))
