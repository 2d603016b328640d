"""Example: looks on, here keeping a diary of the breaks that were done and missed."""

from dataclasses import dataclass
from pathlib import Path

from breakd import Record, Register, Stream


@dataclass(frozen=True)
class Settings:
    """The table `[plugins.example]` in breakd.toml."""

    file: str = "~/breaks.txt"
    names: tuple[str, ...] = ("break_done", "missed")


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    settings = register.settings(Settings)

    @register.observer
    def diary(records: Stream[Record]) -> None:
        for record in records:
            if record.name in settings.names:
                with Path(settings.file).expanduser().open("a", encoding="utf-8") as file:
                    file.write(f"{record.at:%Y-%m-%d %H:%M} {record.name} {record.data.get('break', '')}\n")
