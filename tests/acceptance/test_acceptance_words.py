"""What the README and `--help` promise is there: commands, links, options, examples."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from workbench.cli import main as command_line

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = sorted(command_line._commands())


def _typed(text: str) -> list[list[str]]:
    lines = re.findall(r"^(workbench [^\n]*)", text, re.M)
    return [shlex.split(line, comments=True)[1:] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_the_pages_are_understood(page: Path) -> None:
    parser = command_line._parser()
    blocks = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    for words in _typed("\n".join(blocks)):
        parser.parse_args(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_teaches_by_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        command_line.main([name, "--help"])
    text = capsys.readouterr().out
    assert done.value.code == 0
    examples = _typed(re.sub(r"^ +", "", text.partition("examples:\n")[2], flags=re.M))
    assert examples
    parser = command_line._parser()
    for words in examples:
        assert words[0] == name
        parser.parse_args(words)
    assert {"--workspace", "--quiet", "--json"} <= set(re.findall(r"--[a-z]+", text))


def test_unknown_words_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        command_line.main(["run", "--workspce", "demo"])
    assert done.value.code == 2
    assert "--workspce" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["stanards", "FILE"], "standards"),
        (["run", "--frce"], "--force"),
        (["demo", "--sed", "3"], "--seed"),
    ],
)
def test_a_mistyped_word_is_told_with_the_one_that_may_be_meant(
    typed: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        command_line.main(typed)
    assert done.value.code == 2
    assert f"did you mean '{meant}'?" in capsys.readouterr().err
