"""What the tests of journal and traces share: rules, and events as a day may bring them."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from breakd.core.bars import BreakRule, Stance
from breakd.core.events import (
    Active,
    Alarm,
    Busy,
    Clock,
    Command,
    Configured,
    Entry,
    Event,
    Exercised,
    Felt,
    Free,
    Hold,
    Idle,
    Locked,
    NotWatching,
    Order,
    Posture,
    Resumed,
    Slept,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.routines import Routine, Step
from breakd.core.rules import LimitRule, PresenceRule, PromptRule, Rules
from breakd.core.units import MINUTE, Ms, Share

START = 1_772_442_000_000  # 2026-03-02T09:00:00Z
DAY = 24 * 3600 * 1000


def rules(minutes: int = 30, step_seconds: float = 20) -> Rules:
    """Rules with one kind of break, every so many minutes, and one routine."""
    ms = Ms(MINUTE)
    move = BreakRule(
        name="move",
        every=minutes * MINUTE,
        duration=3 * MINUTE,
        longest=6 * MINUTE,
        counts="sitting",
        attempts=2,
        stays=10 * MINUTE,
        transient=False,
    )
    return Rules(
        breaks=(move,),
        presence=PresenceRule(
            notice=ms,
            away=ms,
            away_prompted=ms,
            away_resting=ms,
            away_reader=ms,
            reader_input=ms,
            brief=ms,
            film=ms,
        ),
        prompt=PromptRule(
            lull=ms,
            patience=ms,
            recent_input=ms,
            attempts=2,
            stays=ms,
            silence=ms,
            snooze=ms,
            skip=ms,
            pause=ms,
            bare_fullscreen=ms,
            after_absence=ms,
            absorb=ms,
            unbroken=ms,
            unbroken_started=ms,
            done=Share(0.9),
            per_hour=6,
        ),
        limits=LimitRule(
            sitting=ms, standing=ms, desk=ms, near=Share(0.8), bout_ends=ms, warn_again=ms, warn_after_prompt=ms
        ),
        routines=(Routine(id="walk.easy", title="Walk", steps=(Step("Walk a few steps", step_seconds),)),),
    )


words = st.text(max_size=8)
numbers = st.floats(0.5, 10)

events: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from([Active(), Idle(), Locked(), Unlocked(), Suspended(), Resumed(), Watching(), NotWatching()]),
    st.just(Started()),
    st.builds(Busy, st.sampled_from(get_args(Hold))),
    st.builds(Free, st.sampled_from(get_args(Hold))),
    st.builds(Posture, st.sampled_from(get_args(Stance))),
    st.builds(Command, st.sampled_from(get_args(Order)), st.none() | st.integers(1, 7 * DAY)),
    st.builds(Alarm, words),
    st.builds(Zone, st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "No/Such"])),
    st.builds(Clock, st.integers(-400 * DAY, 400 * DAY)),
    st.builds(Configured, st.builds(rules, st.integers(10, 60))),
    st.builds(lambda end, length: Slept(end - length, end), st.integers(START, START + DAY), st.integers(1, DAY)),
    st.builds(Felt, st.none() | st.integers(0, 10), words, st.none() | st.integers(1, 9)),
    st.builds(Exercised, numbers, numbers, words),
)


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """Events in order of arrival, each learned at once or up to a day after it happened."""
    now = START
    entries: list[Entry] = []
    for event in draw(st.lists(events, max_size=30)):
        now += draw(st.integers(0, 2 * DAY))
        late = draw(st.just(0) | st.integers(0, DAY))
        entries.append(Entry(now, now - late, event, draw(st.sampled_from(["", "x11", "gnome"])), len(entries) + 1))
    return entries
