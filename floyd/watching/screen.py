"""A picture in, a terminal's screen out: the texts beside the call."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from floyd.watching.picture import CallSeen, Picture, TextSeen, UtteranceSeen

_SHOWN = 14


def screen(picture: Picture, status: str, *, whole: bool = False) -> RenderableType:
    """Return what to draw.

    Args:
        picture: what has happened.
        status: one line below it.
        whole: everything, instead of what fits a screen.
    """
    columns = Table.grid(expand=True)
    columns.add_column(ratio=2)
    columns.add_column(ratio=3)
    first = 0 if whole else -_SHOWN
    columns.add_row(_texts(picture.texts[first:]), _calls(picture.calls, first))
    return Group(columns, Text(status, style="dim"))


def _texts(texts: tuple[TextSeen, ...]) -> Panel:
    thread = Table.grid(padding=(0, 1), expand=True)
    for text in texts:
        style, side = ("cyan", "left") if text.is_floyds else ("white", "right")
        who = "Floyd: " if text.is_floyds else ""
        thread.add_row(Text(f"{who}{text.body}", style, justify=side))  # type: ignore[arg-type]
        thread.add_row("")
    return Panel(thread, title="texts", border_style="dim")


def _calls(calls: tuple[CallSeen, ...], first: int) -> Panel:
    if not calls:
        return Panel("", title="call", border_style="dim")
    call = calls[-1]
    transcript = Table.grid(padding=(0, 1), expand=True)
    transcript.add_column(justify="right", style="bold", no_wrap=True)
    transcript.add_column(ratio=1)
    transcript.add_column(justify="right", style="green", no_wrap=True)
    for said in call.utterances[first:]:
        transcript.add_row(*_line(call, said))
    return Panel(transcript, title=f"call to {call.callee}: {call.state}", border_style="dim")


def _line(call: CallSeen, said: UtteranceSeen) -> tuple[str, Text, str]:
    is_floyds = said.speaker == "floyd"
    who = "Floyd" if is_floyds else call.callee
    took = "" if said.reply_ms is None else f"{said.reply_ms} ms"
    return who, Text(said.text, style="cyan" if is_floyds else ""), took
