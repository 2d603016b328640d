"""The hook that plugins implement. Its name is the generation of the interface."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import TYPE_CHECKING

import pluggy

from breakd.plugin.interfaces import Register
from breakd.plugin.loaded import Failed

if TYPE_CHECKING:
    from pluggy import HookimplOpts

HOOK = "breakd_register"
GENERATION = 1  # of the interface: a break of it gets a hook with another number, `breakd_register2`


class Spec:
    """The hooks there are."""

    @staticmethod
    @pluggy.HookspecMarker("breakd")
    def breakd_register(register: Register) -> None:
        """Say what the plugin offers. Called at start, after a settings change, by the command line: no I/O."""


class Hooks(pluggy.PluginManager):
    """Finds the hook by its name, so that a plugin needs no decorator."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> HookimplOpts | None:
        """The hook is whatever function bears its name."""
        if name != HOOK:
            return None
        return {
            "wrapper": False, "hookwrapper": False, "optionalhook": False,
            "tryfirst": False, "trylast": False, "specname": None,
        }  # fmt: skip


def call_hook(name: str, plugin: object, register: Register) -> None:
    """Run the hook of this one plugin. Raises `Failed` for a misnamed or missing hook, and what the hook raises."""
    _check_names(plugin)
    # One plugin at a time: when one hook raises, pluggy runs none of the others.
    hooks = _hooks()
    try:
        hooks.register(plugin, name)
        hooks.hook.breakd_register(register=register)
    except pluggy.PluginValidationError as error:
        raise Failed(f"{HOOK}(register) takes one argument, named register: {error}") from error
    finally:
        if hooks.is_registered(plugin):
            hooks.unregister(plugin)


@cache
def _hooks() -> Hooks:
    """Made once: looking for the specifications costs more than a call."""
    hooks = Hooks("breakd")
    hooks.add_hookspecs(Spec)
    return hooks


def _check_names(plugin: object) -> None:
    ours = [name for name in dir(plugin) if name.startswith("breakd_")]
    names = [name for name in ours if inspect.isroutine(inspect.getattr_static(plugin, name, None))]
    if HOOK in names:  # one that has the hooks of several generations suits several versions of breakd
        names = [name for name in names if _generation(name) is None]
    for name in names:
        other = _generation(name)
        if other is not None:
            what = f"it is made for generation {other} of the plugin interface, this breakd has {GENERATION}"
            raise Failed(f"{what}: update {'breakd' if other > GENERATION else 'the plugin'}")
        if name != HOOK:
            raise Failed(f"{name} is no hook; the hook is {HOOK}(register)")
    if HOOK not in names:
        raise Failed(f"it has no function {HOOK}(register)")
    if inspect.iscoroutinefunction(getattr(plugin, HOOK)):
        raise Failed(f"{HOOK} is an async def; it only registers: make it a plain def")


def _generation(name: str) -> int | None:
    """The generation of a hook of another one than ours; None if it is no such hook."""
    found = re.fullmatch(rf"{HOOK}(\d+)", name)
    return int(found[1]) if found and int(found[1]) != GENERATION else None
