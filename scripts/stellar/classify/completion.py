"""What completes the command in bash, zsh and fish, made from its own parser.

No library: those that know all three shells start Python at each press of the key.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from stellar.classify.options import PROGRAM, parser

_FUNCTION = "_" + re.sub(r"\W", "_", PROGRAM)


def script(shell: str) -> str:
    """Lines that a shell reads.

    Parameters
    ----------
    shell : str
        `bash`, `zsh` or `fish`.
    """
    return "\n".join({"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]())


def _commands() -> dict[str, argparse.ArgumentParser]:
    actions = parser()._actions
    (found,) = (a for a in actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


def _about(name: str) -> str:
    return (_commands()[name].description or "").rstrip(".")


def _words(made: argparse.ArgumentParser) -> list[str]:
    """Options, and values that are one of a few."""
    options = [word for action in made._actions for word in action.option_strings]
    choices = [str(value) for a in made._actions if a.choices for value in a.choices]
    return [*options, *choices]


def _bash() -> Iterator[str]:
    """Options of the command; names of files elsewhere."""
    yield f"# {PROGRAM} completion bash"
    yield f"{_FUNCTION}() {{"
    yield '  local word="${COMP_WORDS[COMP_CWORD]}" words'
    yield '  case "${COMP_CWORD}:${COMP_WORDS[1]}" in'
    yield f'    1:*) words="{" ".join(_commands())} --help" ;;'
    for name, made in _commands().items():
        yield f'    *:{name}) words="{" ".join(_words(made))}" ;;'
    yield "  esac"
    yield '  COMPREPLY=($(compgen -W "$words" -- "$word"))'
    yield "}"
    yield f"complete -o bashdefault -o default -F {_FUNCTION} {PROGRAM}"


def _zsh() -> Iterator[str]:
    yield f"#compdef {PROGRAM}"
    yield f"{_FUNCTION}() {{"
    yield "  if (( CURRENT == 2 )); then"
    yield "    local -a names=("
    yield from (f"      '{name}:{_quoted(_about(name))}'" for name in _commands())
    yield "    )"
    yield "    _describe command names"
    yield "    return"
    yield "  fi"
    yield "  case $words[2] in"
    for name, made in _commands().items():
        yield f"    {name}) compadd -- {' '.join(_words(made))}; _files ;;"
    yield "  esac"
    yield "}"
    # Read as a file of functions, or by eval.
    yield f"if [[ $funcstack[1] == {_FUNCTION} || $funcstack[1] == _{PROGRAM} ]]; then"
    yield f'  {_FUNCTION} "$@"'
    yield f"else\n  compdef {_FUNCTION} {PROGRAM}\nfi"


def _fish() -> Iterator[str]:
    yield f"# {PROGRAM} completion fish"
    for name in _commands():
        yield (
            f"complete -c {PROGRAM} -n __fish_use_subcommand -f -a {name} "
            f"-d '{_quoted(_about(name))}'"
        )
    for name, made in _commands().items():
        here = f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from {name}'"
        for action in made._actions:
            names = "".join(
                f" -l {word[2:]}" if word.startswith("--") else f" -s {word[1:]}"
                for word in action.option_strings
            )
            values = f" -f -a '{' '.join(map(str, action.choices))}'" if action.choices else ""
            needs = " -r" if action.option_strings and action.nargs != 0 else ""
            if names or values:
                yield f"{here}{names}{needs}{values} -d '{_quoted(action.help or '')}'"


def _quoted(text: str) -> str:
    return text.replace("'", "")
