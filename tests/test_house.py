"""The house rules that no linter knows: modules, the core's purity, the lock, the docs and the wheel."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "mailbot").rglob("*.py"))
CORE = [module for module in MODULES if "core" in module.parts]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

PURE = {
    *(
        "__future__",
        "bisect",
        "calendar",
        "collections",
        "contextlib",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
    ),
    *(
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "hmac",
        "html",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
    ),
    *(
        "string",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "zoneinfo",
        "phonenumbers",
        "rapidfuzz",
        "mailbot",
    ),
}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}


def named(module: Path) -> str:
    return str(module.relative_to(ROOT))


def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def imported(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_says_what_it_is_and_has_under_300_lines(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "it opens with a sentence saying what it is"
    assert text.count("\n") < 300


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_function_has_under_40_lines(module: Path) -> None:
    functions = (
        node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 40]
    assert long == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = re.compile("utils?|helpers?|common|managers?|misc")
    assert [named(module) for module in MODULES if drawers.fullmatch(module.stem)] == []


@pytest.mark.parametrize("module", CORE, ids=named)
def test_the_core_imports_nothing_but_what_is_pure(module: Path) -> None:
    assert imported(module) <= PURE


@pytest.mark.parametrize("module", CORE, ids=named)
def test_the_core_never_reads_a_clock(module: Path) -> None:
    attributes = (node for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute))
    read = [ast.unparse(node) for node in attributes if ast.unparse(node) in CLOCKS]
    assert read == []


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert re.search(r"^\s*-[^-]|^--| @ |--(extra-)?index|--find", LOCK, re.MULTILINE) is None


def locked() -> dict[str, str]:
    """Each locked package with all that the lock says of it."""
    return {re.split(r"==", entry)[0]: entry for entry in re.split(r"\n(?=\S)", LOCK.strip())}


def test_every_locked_package_has_one_version_and_hashes() -> None:
    for name, entry in locked().items():
        assert re.match(r"[a-z0-9-]+==[^ ]+ ", entry), name
        assert "--hash=sha256:" in entry, name


def test_every_package_that_is_asked_for_is_locked() -> None:
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    asked += PROJECT["build-system"]["requires"]
    names = {re.sub(r"[._]", "-", re.split(r"[<>=]", one)[0].lower()) for one in asked}
    assert names <= set(locked())


def test_every_target_of_the_makefile_is_explained() -> None:
    listed = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert listed
    assert set(listed.group(1).split()) == set(re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE))


def test_every_make_command_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    docs = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    for doc in docs:
        said = re.findall(r"(?:^ {4}|`)make ([a-z]+)", doc.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(said) <= targets, named(doc)


def test_every_file_that_the_readme_names_is_there() -> None:
    for path in re.findall(r"`([a-z._/-]+\.(?:md|toml)|[a-z/]+/)`", README):
        assert (ROOT / path).exists() or path == "config.toml", path


def test_every_decision_is_in_the_index() -> None:
    pages = {page.name for page in (ROOT / "docs/decisions").glob("[0-9]*.md")}
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert pages == set(re.findall(r"\]\(([^)]+)\)", index))
    numbers = [page[:4] for page in sorted(pages)]
    assert numbers == [f"{n:04}" for n in range(1, len(pages) + 1)]


def test_the_wheel_carries_the_rules_and_the_letters(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    for folder in ("rules", "templates"):
        written = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.*") if path.is_file()}
        assert {f"mailbot/shipped/{path}" for path in written} <= held
    assert {named(module) for module in MODULES} <= held
