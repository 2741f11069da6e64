"""Text for a terminal: in, what rich can draw, and a width; out, the text."""

from __future__ import annotations

from rich.console import Console, RenderableType


def draw(content: RenderableType, width: int, color: bool) -> str:
    """The drawn text, with terminal colours where asked for."""
    console = Console(
        width=width, force_terminal=color, no_color=not color, color_system="standard" if color else None, legacy_windows=False
    )
    with console.capture() as capture:
        console.print(content)
    return capture.get()
