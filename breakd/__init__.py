"""breakd reminds people with tired, sore backs to move, at a moment when they pause anyway.

This is the public face: everything a plugin imports comes from here. `docs/plugins.md` shows how, and
`breakd/plugin/face.py` lists it.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # as `typing` has it; that import alone is a tenth of `breakd status`
if TYPE_CHECKING:
    from breakd.plugin.face import *  # noqa: F403
    from breakd.plugin.face import __all__ as __all__


def __getattr__(name: str) -> object:
    """A name of the face, fetched when it is first asked for: a short command such as `breakd status` needs none."""
    from breakd.plugin import face

    if name not in ("__all__", *face.__all__):
        raise AttributeError(f"module 'breakd' has no attribute {name!r}")
    return globals().setdefault(name, getattr(face, name))
