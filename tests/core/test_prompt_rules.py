"""Rules 8 and 10-16: when a prompt comes, how it is answered, and when it does not come."""

from __future__ import annotations

import pytest

from breakd.core.decisions import Because, BreakStarted, Prompt
from breakd.core.events import Hold, Order
from breakd.core.units import HOUR, MINUTE
from tests.core.driver import ONLY_MICRO, ONLY_MOVE, Day, ms


def reasons(day: Day) -> list[Because]:
    """Why the last prompt came."""
    return [*next(it for it in reversed(day.decided) if isinstance(it, Prompt)).because]


# -- rule 10: breaks never stack --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("every", "prompts"), [("24m58s", ["09:24:59"]), ("24m59s", []), ("25m", [])])
def test_micro_gives_way_to_a_move_break_that_is_near(every: str, prompts: list[str]) -> None:
    """Rule 10: 5 min before a move break is due a micro-break is dropped, even one that already waits."""
    day = Day(f"breaks.micro.every={every}", "prompt.patience=1s").types(until="09:31")
    assert (day.prompts("micro"), day.prompts("move")) == (prompts, ["09:30:01"])


def test_micro_is_dropped_after_a_move_break_was_answered() -> None:
    """Rule 10: within 10 min of a done move break no micro-break is asked for."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:40").types().configures("breaks.micro.every=3m")
    assert "09:36:18 break_done move 198s" in day.said
    assert day.at("09:49").prompts("micro") == ["09:48:18"]


def test_how_long_an_answer_keeps_micro_away_is_a_setting() -> None:
    """Rule 10: `prompt.after_answer`, apart from the quiet after an absence."""
    day = Day(ONLY_MOVE, "prompt.after_answer=20m").types(until="09:33").idles(until="09:40")
    day.types().configures("breaks.micro.every=3m", "prompt.after_answer=20m")
    assert day.at("10:00").prompts("micro") == ["09:58:18"]


def test_a_small_prompt_says_how_long_it_stays() -> None:
    """Rule 12: the note of a micro-break goes by itself after `stays`; that of a move break waits for an answer."""
    day = Day("breaks.micro.stays=45s").types(until="09:35")
    stays = {it.kind: it.stays_ms for it in day.decided if isinstance(it, Prompt)}
    assert stays == {"micro": 45_000, "move": None}


def test_micro_comes_when_the_move_break_is_no_longer_near() -> None:
    """Rule 10: who walks away the move bar is asked for the micro-break that it absorbed, and at once waited for."""
    day = Day("breaks.micro.every=26m").types(until="09:27").stance("walking").at("09:30")
    assert day.prompts("micro") == ["09:29:12.001"]


def test_natural_pause_is_a_micro_break() -> None:
    """Rules 6, 10: 25 s without input at 09:19 put the micro-break off by what they pay back, 16:40 min."""
    day = Day(ONLY_MICRO).types(until="09:19").idles(until="09:19:25").types(until="09:50")
    assert day.prompts("micro") == ["09:39:05"]


# -- rule 11: the moment ----------------------------------------------------------------------------------------------


def test_prompt_waits_for_a_lull() -> None:
    """Rule 11: due at 09:30, it comes 5 s after the last input ..."""
    day = Day(ONLY_MOVE).types(until="09:30:40").idles(until="09:30:44.999")
    assert day.said == []
    assert day.at("09:30:45").prompts() == ["09:30:45"]


def test_prompt_waits_no_longer_than_its_patience() -> None:
    """Rule 11: ... or after 2 min of uninterrupted input, and says so."""
    day = Day(ONLY_MOVE).types(until="09:31:59.999")
    assert day.said == []
    assert day.at("09:32").prompts() == ["09:32:00"]
    assert reasons(day) == [
        Because("bar_sitting", 32 / 30, 1),
        Because("sitting_ms", 32 * MINUTE, HOUR),
        Because("no_lull_ms", 2 * MINUTE, 2 * MINUTE),
    ]


def test_nobody_is_asked_who_is_taken_to_have_left_at_once() -> None:
    """Rules 2, 11: however long ago input may be for a prompt, a silence of `away_prompted` is absence with it."""
    sets = ("prompt.recent_input=1m", "prompt.lull=1m", "breaks.move.every=3m", "breaks.move.longest=3m")
    for away, asked in (("1m", []), ("1m1s", ["09:03:00"])):
        day = Day(ONLY_MOVE, f"presence.away_prompted={away}", *sets).types(until="09:02").idles(until="09:03:30")
        assert day.prompts() == asked


def test_prompt_needs_recent_input() -> None:
    """Rule 11: 20 s after the last input nothing is shown any more, until there is input again."""
    day = Day(ONLY_MOVE).types(until="09:29:30").idles(until="09:32:10")
    assert day.said == []
    assert day.types(until="09:33").prompts() == ["09:32:10"]


@pytest.mark.parametrize("reason", ["call", "do-not-disturb", "sharing"])
def test_hold_defers(reason: Hold) -> None:
    """Rule 11: these put the prompt off, which is said once; then the lull is waited for anew, gently."""
    day = Day(ONLY_MOVE).types(until="09:20").busy(reason).at("10:30")
    assert day.said == [f"09:30:00 held move {reason}"]
    assert day.free(reason).at("10:35").said[1:] == ["10:32:00 prompt move 1 gentle 360s"]
    assert Because("held") in reasons(day)


def test_short_hold_puts_off_by_its_own_length() -> None:
    """Rules 5, 11: do-not-disturb for 59 s at the moment of the prompt delays it to its end, and is not told."""
    day = Day(ONLY_MOVE).types(until="09:31:30").busy("do-not-disturb").at("09:32:29").free("do-not-disturb")
    assert day.said == ["09:32:29 prompt move 1 gentle 194.9s"]


def test_short_hold_leaves_an_open_prompt() -> None:
    """Rule 5: do-not-disturb for 59.999 s does not take a prompt away; a minute does, and it comes again, gently."""
    day = Day(ONLY_MOVE).types(until="09:45").busy("call").at("09:45:59.999")
    assert day.taken()[-1] == "09:44:00 prompt move 2 firm 264s"
    day.at("09:50").free("call").at("10:05")
    assert day.said == [
        "09:46:00 withdraw move",
        "09:46:00 held move call",
        "09:52:00 prompt move 2 gentle 312s",
        "10:02:00 missed move",
    ]


def test_what_was_taken_back_is_not_withdrawn_again() -> None:
    """Rule 16: a prompt that a hold took back, and that then applies no longer, ends without a word."""
    day = Day(ONLY_MOVE).types(until="09:45").busy("call").at("09:47")
    day.taken()
    assert day.says("pause").said == []


def test_one_hold_into_the_next() -> None:
    """Rule 11: after one hold the next is told again if it lasts."""
    day = Day(ONLY_MOVE).types(until="09:29").busy("call").at("09:40").free("call").at("09:41").busy("do-not-disturb")
    assert day.at("09:50").said == ["09:30:00 held move call", "09:42:00 held move do-not-disturb"]


def test_bare_full_screen_holds_for_twenty_minutes() -> None:
    """Rule 11: full screen without an inhibitor holds a prompt until 20 min after it was due."""
    day = Day(ONLY_MOVE).types(until="09:20").busy("fullscreen").at("09:55")
    assert day.said == ["09:30:00 held move fullscreen", "09:52:00 prompt move 1 gentle 312s"]


def test_full_screen_with_an_inhibitor_holds_as_long_as_it_lasts() -> None:
    """Rule 11: a presentation is not disturbed."""
    day = Day(ONLY_MOVE).types(until="09:20").busy("fullscreen").film().at("10:20")
    assert day.said == ["09:30:00 held move fullscreen"]
    assert day.film_ends().at("10:25").prompts() == ["10:22:00"]


def test_short_hold_over_worn_out_full_screen() -> None:
    """Rules 5, 11: full screen that holds no longer does not make a short do-not-disturb a long one."""
    day = Day(ONLY_MOVE).types(until="09:20").busy("fullscreen").at("09:55").busy("do-not-disturb").at("09:55:59.999")
    assert day.said[-1] == "09:52:00 prompt move 1 gentle 312s"
    assert day.at("09:56").said[-1] == "09:56:00 held move do-not-disturb"


# -- rule 12: attempts ------------------------------------------------------------------------------------------------


def test_two_attempts_then_silence() -> None:
    """Rule 12: gentle, firm 10 min later, missed after 10 more; silence for 30 min; then gentle again."""
    day = Day(ONLY_MOVE, "limits.sitting=10h").types(until="10:30")
    assert day.said == [
        "09:32:00 prompt move 1 gentle 192s",
        "09:44:00 prompt move 2 firm 264s",
        "09:54:00 missed move",
        "10:26:00 prompt move 1 gentle 360s",
    ]


def test_micro_is_fleeting() -> None:
    """Rule 12: one quiet attempt of 30 s, nothing missed, and the next after `every`."""
    day = Day(ONLY_MICRO, "limits.sitting=10h").types(until="09:50")
    assert day.said == [
        "09:22:00 prompt micro 1 quiet 33s",
        "09:22:30 withdraw micro",
        "09:44:30 prompt micro 1 quiet 60s",
        "09:45:00 withdraw micro",
    ]


def test_one_attempt_of_a_kind_that_is_not_transient() -> None:
    """Rule 12: a kind with one attempt is missed after the first."""
    day = Day(ONLY_MOVE, "breaks.move.attempts=1").types(until="09:43")
    assert day.said == ["09:32:00 prompt move 1 gentle 192s", "09:42:00 missed move"]


# -- rule 13: breaks --------------------------------------------------------------------------------------------------


def test_going_idle_is_the_break() -> None:
    """Rule 13: idle for a minute starts it, rest counts from the last input, it is done when rested = length."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="10:00")
    assert day.taken() == [
        "09:32:00 prompt move 1 gentle 192s",
        "09:34:00 break_started move 60s",
        "09:36:18 break_done move 198s",
    ]
    assert day.types(until="10:29").said == []


def test_locking_is_the_break() -> None:
    """Rules 5, 13: locked for a minute, the break began with the lock; it is not inferred."""
    day = Day(ONLY_MOVE).types(until="09:33").locks().at("09:37")
    assert day.said[1:] == ["09:34:00 break_started move 60s", "09:36:18 break_done move 198s"]
    assert [it.inferred for it in day.decided if isinstance(it, BreakStarted)] == [False]


def test_idleness_alone_is_inferred() -> None:
    """Rule 3: a break from idleness alone is marked, one that was asked for is not."""
    idle = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35")
    asked = Day(ONLY_MOVE).types(until="09:33").says("start").idles(until="09:35")
    found = [[it.inferred for it in day.decided if isinstance(it, BreakStarted)] for day in (idle, asked)]
    assert found == [[True], [False]]


@pytest.mark.parametrize(
    ("back", "verdict"),
    [("09:35:42", "09:36:42 break_abandoned move 162s"), ("09:35:58.200", "09:36:58.200 break_done move 178.2s")],
)
def test_nine_tenths_are_enough(back: str, verdict: str) -> None:
    """Rule 13: of 198 s, 178.2 s are nine tenths: done; less is abandoned. Told after a minute of input."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until=back).types(until="09:37")
    assert day.said[-1] == verdict


def test_just_under_nine_tenths_is_abandoned() -> None:
    """Rule 13: a millisecond less than nine tenths is not enough; what was rested is still paid back."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35:58.199").types(until="09:36:58.199")
    assert day.said[-1] == "09:36:58.199 break_abandoned move 178.199s"
    assert day.bar() == pytest.approx(33 / 30 - 178.2 / 180 + 1 / 30, abs=1e-4)


def test_input_halts_and_keeps_the_credit() -> None:
    """Rule 13: 30 s of input in between put the end of the break off, and 20 s of idleness take it up again."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35").types(until="09:35:30").idles(until="09:38")
    assert day.said[1:] == ["09:34:00 break_started move 60s", "09:36:48 break_done move 198s"]


@pytest.mark.parametrize(("order", "end"), [(None, "09:36:00"), ("start", "09:40:00")])
def test_unbroken_input_ends_a_break(order: Order | None, end: str) -> None:
    """Rule 13: a minute of unbroken input ends a break; 5 min if it was started by hand."""
    day = Day(ONLY_MOVE).types(until="09:33")
    if order:
        day.says("start")
    day.idles(until="09:35").types(until="09:42")
    assert day.said[-1] == f"{end} break_abandoned move 120s"


def test_start_while_typing() -> None:
    """Rule 13: who says Start and types on has 5 min to leave."""
    day = Day(ONLY_MOVE).types(until="09:33").says("start").at("09:38")
    assert day.said[1:] == ["09:33:00 break_started move 0s", "09:38:00 break_abandoned move 0s"]


def test_start_in_a_call() -> None:
    """Rules 4, 13: who said Start is believed to leave, call or not."""
    day = Day(ONLY_MOVE).types(until="09:20").busy("call").at("09:33").says("start").idles(until="09:37")
    assert day.said[-2:] == ["09:33:00 break_started move 0s", "09:36:18 break_done move 198s"]


def test_start_with_nothing_due() -> None:
    """Rule 14: a break can be started at any time; it is the longest kind, of its usual length."""
    day = Day().types(until="09:05").says("start").idles(until="09:10")
    assert day.said == ["09:05:00 break_started move 0s", "09:08:00 break_done move 180s"]


def test_micro_break_is_done_at_the_desk() -> None:
    """Rule 13: a micro-break needs only the keyboard to rest; input ends it as any other."""
    day = Day(ONLY_MICRO).types(until="09:22").idles(until="09:23")
    assert day.said[1:] == ["09:22:20 break_started micro 20s", "09:22:33 break_done micro 33s"]
    day = Day(ONLY_MICRO).types(until="09:22").idles(until="09:22:25").types(until="09:24")
    assert day.said[1:] == ["09:22:20 break_started micro 20s", "09:23:25 break_abandoned micro 25s"]


def test_done_break_ends_the_bout() -> None:
    """Rules 13, 17: after a break that counts as done the sedentary bout begins anew, a micro-break does not end it."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35:58.200").types(until="09:37")
    assert day.gauge("sitting")[0] == pytest.approx(1.8 / 60)
    day = Day().types(until="09:22").idles(until="09:22:40")
    assert day.gauge("sitting")[0] == pytest.approx(22 + 40 / 60)


# -- rule 14: answers -------------------------------------------------------------------------------------------------


def test_snoozes_are_counted() -> None:
    """Rule 14: 10 min each, counted, shown with the next prompt, and forgotten when the break is done."""
    day = Day(ONLY_MOVE).types(until="09:33").says("snooze").at("09:46").says("snooze").at("09:59")
    assert [it for it in day.said if "snoozed" in it] == ["09:33:00 snoozed move 1", "09:46:00 snoozed move 2"]
    assert day.prompts() == ["09:32:00", "09:45:00", "09:58:00"]
    assert Because("snoozes", 2) in reasons(day)
    day.idles(until="10:06").types(until="10:40")
    assert reasons(day)[-1].code != "snoozes"


def test_snooze_is_forgotten_after_an_absence() -> None:
    """Rule 14: a prompt after lunch is not the one that was snoozed before it."""
    day = Day(ONLY_MOVE).types(until="09:33").says("snooze").at("09:34").idles(until="10:30").types(until="11:05")
    assert [it.snoozes for it in day.decided if isinstance(it, Prompt)] == [0, 0]


@pytest.mark.parametrize("order", ["snooze", "skip"])
def test_answers_with_a_time_of_their_own(order: Order) -> None:
    """Rule 14: `snooze 5m` and `skip 5m` silence for 5 min."""
    day = Day(ONLY_MOVE).types(until="09:33")
    assert day.says(order, "00:05").at("09:41").prompts() == ["09:32:00", "09:40:00"]


def test_skip_is_silence() -> None:
    """Rule 14: skipped, nothing is asked for 30 min; the bar stays true."""
    day = Day(ONLY_MOVE).types(until="09:33").says("skip")
    assert day.bar() == pytest.approx(33 / 30)
    assert day.at("10:06").prompts() == ["09:32:00", "10:05:00"]


def test_snooze_in_a_break() -> None:
    """Rule 14: `snooze` in a break gives it up; what was rested is kept, and it is quiet for as long as a snooze."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:34:10").types().says("snooze")
    assert day.said[-1] == "09:34:10 break_abandoned move 70s"
    assert day.bar() == pytest.approx(33 / 30 - 70 / 180)
    assert day.at("09:47").prompts() == ["09:32:00", "09:46:10"]


# -- rule 15: pause ---------------------------------------------------------------------------------------------------


def test_pause_ends_by_itself() -> None:
    """Rule 15: for an hour no bar fills and nothing is asked; the open prompt goes; then it goes on as it was."""
    day = Day(ONLY_MOVE).types(until="09:33").says("pause").at("10:32:59.999")
    assert day.said[1:] == ["09:33:00 withdraw move"]
    assert day.bar() == pytest.approx(1.1)
    assert day.gauge("sitting")[0] == pytest.approx(93)
    assert day.at("10:36").prompts() == ["09:32:00", "10:35:00"]


def test_pause_drains() -> None:
    """Rule 15: rest in a pause counts."""
    day = Day(ONLY_MOVE).types(until="09:15").says("pause", "00:30").locks().at("09:16").unlocks()
    assert day.bar() == pytest.approx(15 / 30 - 1 / 3)


def test_resume_ends_a_pause() -> None:
    """Rule 15: `resume` ends it early; without a pause it does nothing."""
    day = Day(ONLY_MOVE).types(until="09:10").says("pause", "05:00").at("09:35").says("resume").says("resume")
    assert day.at("09:58").prompts() == ["09:57:00"]


def test_pause_can_be_changed() -> None:
    """Rule 15: the last word says until when."""
    day = Day(ONLY_MOVE).types(until="09:10").says("pause").says("pause", "00:10").at("09:43")
    assert day.prompts() == ["09:42:00"]


# -- rule 16 ----------------------------------------------------------------------------------------------------------


def test_no_prompt_while_locked() -> None:
    """Rule 16: a lock of any length holds back what is due."""
    day = Day(ONLY_MOVE).types(until="09:31:30").locks().at("09:32:29.999")
    assert day.said == []
    assert day.unlocks().prompts() == ["09:32:29.999"]


def test_six_notifications_an_hour() -> None:
    """Rule 16: no more than `per_hour`, prompts and warnings together; the next comes an hour after the first."""
    often = ("breaks.move.every=5m", "breaks.move.for=30s", "prompt.silence=1m", "prompt.stays=1m")
    day = Day(ONLY_MOVE, *often, "prompt.per_hour=3", "limits.desk=20m").types(until="10:30")
    shown = [ms(it.split(" ")[0]) for it in day.said if " prompt " in it or " warn " in it]
    assert all(later - first >= HOUR for first, later in zip(shown, shown[3:], strict=False))
    assert day.said[:6] == [
        "09:07:00 prompt move 1 gentle 42s",
        "09:10:00 prompt move 2 firm 60s",
        "09:11:00 missed move",
        "09:14:00 prompt move 1 gentle 60s",
        "10:07:00 prompt move 2 firm 60s",
        "10:08:00 missed move",
    ]


def test_leaving_between_attempts_withdraws() -> None:
    """Rule 16: the note of a first attempt that still stands goes when its person does."""
    day = Day(ONLY_MOVE).types(until="09:41:30").idles(until="09:45")
    assert day.said[1:] == ["09:44:30 withdraw move"]
