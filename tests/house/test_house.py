"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SOURCE = CHECKOUT / "src" / "rso"
FLOORS = [
    {"base"}, {"wire", "biometrics"}, {"policy", "ceremony"}, {"ui", "rest", "jobs"}, {"accounts"}, {"audit"},
    {"defaults"}, {"search", "files", "notices"}, {"content"}, {"office", "relay", "node"}, {"config"},
    {"region"}, {"demo", "bench"}, {"cli"},
]  # fmt: skip
OFFICE = ["directory", "contacts", "intake", "library", "projects", "front"]
NODE = ["vault", "post", "gallery", "searches", "requests", "cases"]
NODE_NEIGHBOURS = {("searches", "requests"), ("requests", "searches")}


def tracked(*patterns: str) -> list[Path]:
    if shutil.which("git") is None:
        pytest.skip("no git: on Debian, apt-get install git")
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [CHECKOUT / line for line in listed.stdout.splitlines() if (CHECKOUT / line).is_file()]


def _height(module: str) -> tuple[int, int]:
    parts = module.split(".")
    floor = next(i for i, names in enumerate(FLOORS) if parts[1] in names)
    inside = {"office": OFFICE, "node": NODE}.get(parts[1])
    return floor, inside.index(parts[2]) if inside and len(parts) > 2 and parts[2] in inside else 0


def test_relations_point_down() -> None:
    """A ForeignKey written as a string escapes the import linter; the relations are walked here."""
    upward = []
    for model in apps.get_models():
        if not model.__module__.startswith("rso."):
            continue
        for field in model._meta.get_fields():
            other = field.related_model
            if not getattr(field, "concrete", False) or other is None or not other.__module__.startswith("rso."):
                continue
            here, there = _height(model.__module__), _height(other.__module__)
            wings = (model.__module__.split(".")[1], other.__module__.split(".")[1])
            if there > here or (wings[0] != wings[1] and set(wings) <= {"office", "relay", "node"}):
                upward.append(f"{model.__module__}.{model.__name__}.{field.name} -> {other.__module__}")
    assert not upward


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


#: Routes of libraries, which carry their own guards (allauth's), or change nothing but a cookie (set_language).
FOREIGN = ("allauth.", "django.views.i18n", "django.views.static")


def _operations(view: Any) -> list[Any] | None:
    """The operations behind a route of the JSON interface, or ``None`` for an ordinary view."""
    path_view = getattr(view, "__self__", None) or getattr(view, "path_view", None)
    operations = getattr(path_view, "operations", None)
    return list(operations) if operations is not None else None


@pytest.mark.parametrize("deployment", ["office", "relay", "node"])
def test_every_route_says_who_may_use_it(deployment: str) -> None:
    urls = import_module(f"rso.config.urls.{deployment}")
    bare, count = [], 0
    for route, view in _routes(urls.urlpatterns):
        count += 1
        if getattr(view, "rso_guard", None) or view.__module__.startswith(FOREIGN):
            continue
        operations = _operations(view)
        if operations and all(getattr(op.view_func, "rso_guard", None) for op in operations):
            continue
        bare.append(f"{route} ({view.__module__}.{getattr(view, '__qualname__', view)})")
    assert count > 20
    assert not bare


@pytest.mark.django_db(databases="__all__")
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_source_files_stay_small() -> None:
    large = [
        f"{path.relative_to(CHECKOUT)}: {lines}"
        for path in tracked("src/*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 420
    ]
    assert not large


def test_no_package_is_a_drawer() -> None:
    drawers = {"utils", "common", "helpers", "misc", "shared", "core"}
    found = [p for p in tracked("src/*.py") if drawers & {*p.parts[-6:], p.stem} - {p.parts[0]}]
    assert not [p for p in found if drawers & set(p.relative_to(SOURCE).with_suffix("").parts)]


WRITES = frozenset(
    name
    for plain in (
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    )
    for name in (plain, f"a{plain}")
)


def _written(source: str) -> list[str]:
    """Calls that write, on whatever it is, but for verbs of a module of actions and the router of an interface."""
    tree = ast.parse(source)
    verbs = {"router", "actions"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and "actions" in (node.module or "").split("."):
            verbs |= {name.asname or name.name for name in node.names}
    return [
        f"{node.lineno} {ast.unparse(node.func)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and ast.unparse(node.func.value) not in verbs
    ]


def test_views_do_not_write() -> None:
    """A view calls an action; it does not save, create, update or delete."""
    found = []
    for path in tracked("src/rso/**/views/*.py", "src/rso/**/views.py", "src/rso/**/api/*.py", "src/rso/**/api.py"):
        found += [f"{path.relative_to(CHECKOUT)}:{call}" for call in _written(path.read_text())]
    assert not found


@pytest.mark.parametrize(
    "call",
    [
        "row.save()",
        "row.delete()",
        "Row.objects.create(a=1)",
        "rows.filter(a=1).update(b=2)",
        "form.save()",
        "x.asave()",
    ],
)
def test_a_view_that_writes_is_found(call: str) -> None:
    assert _written(f"from rso.office.projects.actions import drafting\ndrafting.create()\n{call}") != []


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    # Written in pieces, so that this file does not find itself.
    banned = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org",
              "yarnpkg" + ".com", "jsdelivr" + ".net", "unpkg" + ".com", "crates" + ".io", "ghcr" + ".io",
              "/home" + "/", "/root" + "/", "/work" + "/"]  # fmt: skip
    found = []
    for path in tracked():
        if path.suffix in {".png", ".cbor", ".jpg", ".mo", ".woff2"} or "vendor" in path.parts:
            continue
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(CHECKOUT)}: {word}" for word in banned if word in text]
    assert not found


def test_locks_hold_hashes_and_no_address() -> None:
    for path in tracked("requirements/*.txt"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://", text), path


def _settings_read() -> set[str]:
    """Names given as literals to the readers of ``rso.base.env``."""
    names = set()
    for path in tracked("src/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and re.fullmatch(r"env\.\w+", ast.unparse(node.func)) and node.args:
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path}:{node.lineno}: a setting's name must be a literal"
                names.add(first.value)
    return names


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(RSO_[A-Z_]+)`", (CHECKOUT / "docs/reference/settings.md").read_text(), re.M))
    read = _settings_read()
    assert len(read) > 15
    assert documented == read


def test_reading_the_environment_happens_in_one_place() -> None:
    found = [
        str(path.relative_to(CHECKOUT))
        for path in tracked("src/*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text())
        and path.relative_to(SOURCE).parts[0] not in {"base", "cli", "region", "demo", "bench"}
    ]
    assert not found


def test_ignores_can_be_counted_and_carry_a_reason() -> None:
    bare, count = [], 0
    for path in tracked("src/*.py"):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines, start=1):
            if re.search(r"#\s*(type:\s*ignore|noqa)", line):
                count += 1
                if lines[number - 2].strip().startswith("#"):
                    continue  # said on the line above, where this one has no room
                if not re.search(r"#\s*(type:\s*ignore\[[^]]+\]|noqa:\s*[A-Z0-9, ]+)\s*(-|#|–)\s*\S+", line):
                    bare.append(f"{path.relative_to(CHECKOUT)}:{number}")
    assert not bare
    assert count <= 5, "they can be counted on one hand"


def test_every_module_says_what_it_is_for() -> None:
    """Routes, app declarations, migrations, tests and empty files excepted: they say so by their place."""
    silent = []
    for path in tracked("src/*.py"):
        if path.name in {"urls.py", "apps.py", "__main__.py"} or "migrations" in path.parts or not path.read_text():
            continue
        if "commands" in path.parts:
            continue  # a command's help says it
        if ast.get_docstring(ast.parse(path.read_text())) is None:
            silent.append(str(path.relative_to(CHECKOUT)))
    assert not silent


def test_no_template_loads_from_another_host() -> None:
    loads = re.compile(
        r"""<(?:script|img|link|iframe|source|image)\b[^>]*(?:src|href)\s*=\s*["'](?:https?:)?//"""
        r"""|@import\s|url\(\s*["']?(?:https?:)?//""",
        re.IGNORECASE,
    )
    found = [
        str(path.relative_to(CHECKOUT))
        for path in tracked("src/*.html", "src/*.css", "src/*.svg")
        if "vendor" not in path.parts and loads.search(path.read_text())
    ]
    assert not found


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    """The content policy refuses both; a block of data (type application/json) is neither."""
    inline = re.compile(r"""<script(?![^>]*(?:\bsrc=|application/json))|<style|\sstyle=["']|\son[a-z]+=["']""", re.I)
    found = [str(p.relative_to(CHECKOUT)) for p in tracked("src/*.html") if inline.search(p.read_text())]
    assert not found


def test_the_locks_installer_is_what_both_commands_call() -> None:
    for name in ("run", "test"):
        assert "requirements/install" in (CHECKOUT / name).read_text()
    assert "./test" in (CHECKOUT / ".ci/run").read_text()
