"""The law of imports and the house numbers, kept as data. Exceptions stand in lists that may only shrink."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "enterpriselab"
MODULES = sorted(PACKAGE.rglob("*.py"))
ENVIRONMENT = {"core", "toolkit", "sandbox", "scoring", "apps"}
LAW: dict[str, set[str]] = {
    "core": set(),
    "toolkit": {"core"},
    "company": {"core", "toolkit"},
    "apps": {"core", "toolkit", "company"},
    "sandbox": {"core", "toolkit"},
    "scoring": {"core", "toolkit", "sandbox"},
    "synthesis": ENVIRONMENT,
    "agents": {"core", "toolkit"},
    "rollouts": ENVIRONMENT | {"agents"},
    "benchmarks": ENVIRONMENT,
    "training": {"core", "toolkit", "agents", "rollouts", "sandbox"},
    "evaluation": {"core", "scoring", "rollouts"},
    "report": {"core"},
}
"""Room -> rooms that it may name; its own is always allowed, `cli` may name all."""
HEAVY = {"torch", "transformers", "trl", "peft", "vllm", "accelerate", "datasets"}
HEAVY_PLACES = (
    "training/",
    "agents/models/engine.py",
    "agents/models/decoder.py",
    "agents/models/renderer.py",
    "agents/models/local.py",
)
MAX_FILE, MAX_FUNCTION, MAX_PARAMETERS, MAX_CONFIG_FIELDS = 400, 60, 6, 20
LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
MANY_PARAMETERS: set[str] = set()
BROAD_EXCEPTS: set[str] = set()


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def is_tool(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """The parameters of a tool are its public schema, often given from outside."""
    return any(
        isinstance(d, ast.Call) and isinstance(d.func, ast.Name) and d.func.id == "tool"
        for d in function.decorator_list
    )


def is_verb(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """The parameters of a verb are its options."""
    return name.startswith("cli/verbs/") and function.name == Path(name).stem


@pytest.mark.parametrize("room", sorted(LAW))
def test_imports_run_one_way(room: str) -> None:
    broken = []
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for name in imports(parse(path)):
            parts = name.split(".")
            if parts[0] != "enterpriselab" or len(parts) < 2 or not (PACKAGE / parts[1]).is_dir():
                continue
            if parts[1] != room and parts[1] not in LAW[room]:
                broken.append(f"{name_of(path)} imports {name}")
            if (
                room == "apps"
                and parts[1] == "apps"
                and len(parts) > 2
                and parts[2] != path.relative_to(PACKAGE / room).parts[0]
            ):
                broken.append(f"{name_of(path)} imports another app: {name}")
    assert not broken


def test_every_room_has_a_law() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert rooms - {"cli"} <= set(LAW)


def test_training_libraries_are_named_only_where_they_may() -> None:
    for path in MODULES:
        if not name_of(path).startswith(HEAVY_PLACES):
            assert not {name.split(".")[0] for name in imports(parse(path))} & HEAVY, name_of(path)


def test_importing_the_package_and_the_command_line_loads_no_training_library() -> None:
    code = f"import sys, enterpriselab.cli; print(sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_keeps_the_house_numbers(path: Path) -> None:
    text, tree, name = path.read_text(encoding="utf-8"), parse(path), name_of(path)
    assert ast.get_docstring(tree) or not text, "the first lines say what the file is for"
    assert text.isascii(), "source is ASCII"
    assert text.count("\n") <= MAX_FILE or name in LONG_FILES
    for function in functions(tree):
        where = f"{name}:{function.name}"
        length = (function.end_lineno or 0) - function.lineno + 1
        body = length - (ast.get_docstring(function) or "").count("\n")
        assert body <= MAX_FUNCTION or where in LONG_FUNCTIONS, f"{where} has {body} lines"
        arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
        counted = [a for a in arguments if a not in ("self", "cls")]
        public = is_tool(function) or is_verb(name, function)
        assert len(counted) <= MAX_PARAMETERS or public or where in MANY_PARAMETERS, f"{where}: {counted}"
        assert function.returns is not None, f"{where} has no return annotation"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_caught_wholesale_and_nothing_is_left_to_do(path: Path) -> None:
    text, name = path.read_text(encoding="utf-8"), name_of(path)
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert caught not in ("Exception", "everything") or raises or name in BROAD_EXCEPTS, f"{name}:{node.lineno}"
    assert not any(word in text for word in ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"))


def test_config_sections_stay_small() -> None:
    from enterpriselab.cli.settings import RunConfig

    sections = [
        RunConfig,
        *(field.annotation for field in RunConfig.model_fields.values() if hasattr(field.annotation, "model_fields")),
    ]
    assert all(len(section.model_fields) <= MAX_CONFIG_FIELDS for section in sections)
