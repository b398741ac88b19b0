"""A picture in, a terminal's screen out: the texts beside the call."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from floyd.watching.picture import CallSeen, NoteSeen, Picture, TextSeen, UtteranceSeen

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
    return _panel("texts", *(_bubble(text) for text in texts))


def _bubble(text: TextSeen) -> Padding:
    if text.is_floyds:
        return Padding(Text(f"Floyd: {text.body}", "cyan"), (0, 4, 1, 0))
    return Padding(Text(text.body, justify="right"), (0, 0, 1, 4))


def _calls(calls: tuple[CallSeen, ...], first: int) -> Panel:
    if not calls:
        return _panel("call")
    call = calls[-1]
    title = f"call {'from' if call.from_outside else 'to'} {call.callee}: {call.state}"
    if not call.utterances:
        return _panel(title)
    transcript = Table.grid(padding=(0, 1), expand=True)
    transcript.add_column(justify="right", style="bold", no_wrap=True)
    transcript.add_column(ratio=1)
    transcript.add_column(justify="right", style="green", no_wrap=True)
    for said in call.lines[first:]:
        transcript.add_row(*_line(call, said))
    return _panel(title, transcript)


def _panel(title: str, *content: RenderableType) -> Panel:
    return Panel(Group(*content), title=title, border_style="dim")


def _line(call: CallSeen, said: UtteranceSeen | NoteSeen) -> tuple[str, Text, str]:
    if isinstance(said, NoteSeen):
        return "", Text(said.text, style="bold red"), ""
    is_floyds = said.speaker == "floyd"
    who = "Floyd" if is_floyds else call.callee
    took = "" if said.reply_ms is None else f"{said.reply_ms} ms"
    return who, Text(said.text, style="cyan" if is_floyds else ""), took
