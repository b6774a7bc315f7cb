"""Random commands, killed at random, and every failpoint in turn; after each restart the oracle is asked.

Belongs here: what happens in which order, all of it from one seed. Does not belong here: how a child is killed
(`world`), what it does (`steps`), how states are compared (`oracle`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from roster_pipeline import failpoints
from tests.crash import steps
from tests.crash.oracle import Broken, State, check_whole, published_of, truth_of
from tests.crash.world import NEVER, Ended, Kill, World, fresh_world

_NO_SYNC = ("decision", "publish")
_COMMANDS = ["sync"] * 5 + ["mapping"] * 2 + ["undo"] * 2 + ["decide"] * 2 + ["publish", "plan", "erase"]
_LONGEST = 1.4
_OF_EVERY_COMMAND = (
    *("district_locked", "lock_note_written", "unpublished_marked", "plan_written", "applied"),
    *("truth_checkpointed", "copied", "published", "unpublished_removed"),
)


@dataclass
class Session:
    """A world, what it has acknowledged, and what happened to it, in words."""

    world: World
    truth: State = field(default_factory=State)
    told: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    dead: set[str] = field(default_factory=set)
    news: bool = True
    """Whether Clever or a file has said something since the last whole sync."""
    _may_be_published: list[State] = field(default_factory=list)

    def day_passes(self, days: int, seed: int) -> None:
        self.told.append(f"{days} days pass")
        self.world.day_passes(days, seed)
        self.news = True

    def edit(self, seed: int, *, keep: float = 0.97) -> None:
        self.told.append(f"an edit leaves {keep:.0%} of the mapping")
        self.world.edit_mapping(seed, keep=keep)
        self.news = True

    def do(self, command: str, seed: int = 0, kill: Kill = NEVER) -> Ended:
        """Runs a command in a child, kills it perhaps, and checks what it left. Raises Broken."""
        self.told.append(f"{command}, {kill}")
        before = self.world.copy(self.world.root.with_name("before")) if kill != NEVER else None
        ended = self.world.run(partial(steps.COMMANDS[command], seed), kill)
        after = truth_of(self.world)
        if ended.error:
            raise Broken(f"{command} failed: {ended.error}")
        if ended.killed and before is not None:
            self.kills[kill.at.partition(":")[0] or "at a random moment"] += 1
            note = self.world.note()
            if "sync_id" in note and note["trigger"] not in _NO_SYNC:
                self.dead.add(note["sync_id"])
            check_whole(self.truth, after, partial(_whole, before, command, seed))
        self._check_acknowledged(ended, after)
        self._check_published(ended, after)
        self.truth = after
        return ended

    def recover(self) -> None:
        """A restart: the next sync needs no repair, tells of who was killed, and leaves nothing for another one."""
        before, news = self.truth, self.news
        self._sync()
        if missing := self.dead - self.truth.syncs.keys():
            raise Broken(f"the history does not tell of {len(missing)} killed syncs")
        self.dead.clear()
        if left := self.world.leftovers():
            raise Broken(f"left behind: {', '.join(left)}")
        if not news and self.truth.roster != before.roster:
            raise Broken(f"a sync without news changed {', '.join(self.truth.differs_from(before))}")
        once = self.truth
        changes = self._sync()
        if changes or self.truth.roster != once.roster:
            raise Broken(f"the same sync once more made {changes} changes")

    def _sync(self) -> int:
        answer = self.do("sync").answer
        if answer.status not in ("succeeded", "held"):
            raise Broken(f"the next sync {answer.status}")
        self.news = False
        return int(answer.changes)

    def _check_acknowledged(self, ended: Ended, after: State) -> None:
        said = ended.answer
        if said is None:
            return
        if said.sync_id and after.syncs.get(said.sync_id, (0, "missing"))[1] != said.status:
            raise Broken(f"a sync was said to have {said.status}, and is not so in the history")
        if said.hold_id and after.holds.get(said.hold_id) != said.decision:
            raise Broken(f"a decision was acknowledged, and the hold is {after.holds.get(said.hold_id)}")
        if said.decision == "approved":
            self.news = True

    def _check_published(self, ended: Ended, after: State) -> None:
        """The copy is the truth once that was acknowledged; before that, it is the truth of now or of before."""
        published = published_of(self.world)
        if ended.answer and published.exact != after.exact:
            raise Broken("what was acknowledged is not in the published copy")
        if not published.differs_from(after):
            self._may_be_published = [after]
            return
        self._may_be_published.append(after)
        if all(published.differs_from(state) for state in [*self._may_be_published, State()]):
            raise Broken("the published copy is neither the truth of now nor of before")


def _whole(before: World, command: str, seed: int) -> list[State]:
    """What the same command leaves of the same world when nobody kills it; with pruning, also what it prunes."""
    found = []
    for settings in (before.settings, {}) if before.settings else ({},):
        twin = before.copy(before.root.with_name("twin"))
        twin.settings = dict(settings)
        ended = twin.run(partial(steps.COMMANDS[command], seed))
        if ended.error:
            raise Broken(f"the same {command} without a kill failed: {ended.error}")
        found.append(truth_of(twin))
    return found


# --- random workloads --------------------------------------------------------------------------------


def random_kill(rng: random.Random, command: str) -> Kill:
    """Half of them at a failpoint that the command may pass, half whenever it happens to be; some commands may live."""
    dice = rng.random()
    if dice < 0.15:
        return NEVER
    if dice < 0.6:
        passed = [n for n, passage in PASSAGES.items() if passage.command == command or n in _OF_EVERY_COMMAND]
        return Kill(at=f"{rng.choice(passed)}:{rng.choice((1, 1, 1, 2))}")
    return Kill(after=round(rng.uniform(0.02, _LONGEST), 3))


def random_session(seed: int, length: int, session: Session) -> None:
    """A district's first sync, then so many commands and kills as the dice of `seed` say. Raises Broken."""
    rng = random.Random(seed)
    if rng.random() < 0.25:
        session.world.settings["ROSTER_HISTORY_DAYS"] = "0"
    session.do("sync", kill=random_kill(rng, "sync"))
    session.recover()
    for _ in range(length):
        if rng.random() < 0.5:
            session.day_passes(rng.choice((1, 1, 2, 4)), rng.randrange(1000))
        if rng.random() < 0.4:
            session.edit(rng.randrange(1000), keep=rng.choice((0.97, 0.97, 0.75)))
        command, applied = rng.choice(_COMMANDS), session.truth.applied
        with_a_mistake = command == "sync" and rng.random() < 0.15
        if with_a_mistake:
            session.world.make_a_mistake()
        ended = session.do(command, rng.randrange(1000), random_kill(rng, command))
        if with_a_mistake:
            session.world.mend_it()
        if ended.killed and rng.random() < 0.3:
            again = rng.choice(("sync", "mapping", "publish"))
            ended = session.do(again, kill=random_kill(rng, again))
        if command == "sync" and session.truth.applied != applied and rng.random() < 0.5:
            session.day_passes(1, rng.randrange(1000))  # the landing of a sync that was applied is no part of the next
        if ended.killed or command == "undo":
            if rng.random() < 0.3:
                session.do("mapping")  # needs what was staged, and no Clever
            session.recover()
    session.recover()


# --- every failpoint in turn -------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """A command that passes a failpoint, and what must be the case before: see `_GIVEN`."""

    command: str
    given: str = "news"


_FIRST, _SYNC = Passage("sync", "nothing"), Passage("sync")
_AFTER_A_KILL, _UNPUBLISHED = Passage("publish", "killed"), Passage("publish", "unpublished")
PASSAGES: dict[failpoints.Name, Passage] = {
    "instance_made": _FIRST,
    "district_folder_made": _FIRST,
    "atomic_part_written": _FIRST,
    "truth_made": _FIRST,
    "truth_laid_out": _FIRST,
    "receipt_withdrawn": _SYNC,
    "checkpoint_forgotten": _SYNC,
    "landing_part_written": _SYNC,
    "page_written": _SYNC,
    "list_checked": _SYNC,
    "list_landed": _SYNC,
    "district_locked": _AFTER_A_KILL,
    "killed_put_aside": _AFTER_A_KILL,
    "lock_note_written": _AFTER_A_KILL,
    "failure_written": Passage("mapping", "mistaken"),
    "failure_recorded": Passage("mapping", "mistaken"),
    "put_aside_recorded": _AFTER_A_KILL,
    "put_aside_removed": _AFTER_A_KILL,
    "landing_taken_over": Passage("sync", "killed"),
    "district_landed": _SYNC,
    "receipt_written": _SYNC,
    "staging_part_written": _SYNC,
    "staging_kept": _SYNC,
    "unpublished_marked": Passage("mapping"),
    "plan_written": Passage("mapping"),
    "landing_set_aside": _SYNC,
    "landing_discarded": _SYNC,
    "pruned": Passage("mapping", "pruning"),
    "applied": Passage("undo", "synced"),
    "truth_checkpointed": _UNPUBLISHED,
    "copied": _UNPUBLISHED,
    "published": _UNPUBLISHED,
    "unpublished_removed": _UNPUBLISHED,
    "decided": Passage("decide", "held"),
    "purge_begun": Passage("erase", "left"),
    "erased": Passage("erase", "left"),
    "purged": Passage("erase", "left"),
    "truth_copied": Passage("undo", "old"),
    "truth_rewritten": Passage("undo", "old"),
}
"""In an order in which one kill often leaves what the next passage needs."""


def _synced(session: Session) -> None:
    if not session.truth.applied:
        session.do("sync")
        session.day_passes(1, seed=1)


def _news(session: Session) -> None:
    _synced(session)
    session.edit(len(session.told))


def _killed(session: Session) -> None:
    _synced(session)
    if not session.world.note():
        session.do("sync", kill=Kill(at="list_checked"))


def _mistaken(session: Session) -> None:
    _synced(session)
    session.world.make_a_mistake()


def _pruning(session: Session) -> None:
    _news(session)
    session.world.settings["ROSTER_HISTORY_DAYS"] = "0"


def _with_something_to_undo(session: Session) -> None:
    _news(session)
    while not session.do("mapping").answer.changes:
        session.edit(len(session.told))


def _unpublished(session: Session) -> None:
    _synced(session)
    if not session.world.folder.unpublished.exists():
        _news(session)
        session.do("mapping", kill=Kill(at="applied"))


def _held(session: Session) -> None:
    _synced(session)
    session.edit(len(session.told), keep=0.7)
    session.do("mapping")


def _left(session: Session) -> None:
    """Somebody has left who was not erased yet."""
    for seed in range(2):
        session.day_passes(1, seed=seed)
        session.do("sync")


def _old(session: Session) -> None:
    _with_something_to_undo(session)
    session.world.run(steps.as_newer_duckdbs_write_it)


_GIVEN: dict[str, Callable[[Session], None]] = {
    "nothing": lambda _: None,
    "news": _news,
    "left": _left,
    "synced": _with_something_to_undo,
    "killed": _killed,
    "mistaken": _mistaken,
    "pruning": _pruning,
    "unpublished": _unpublished,
    "held": _held,
    "old": _old,
}


def pass_failpoints(names: Sequence[failpoints.Name], session: Session) -> None:
    """Dies at one failpoint after the other, and recovers at the end. Raises Broken, also when one is not passed."""
    for name in names:
        passage = PASSAGES[name]
        _GIVEN[passage.given](session)
        ended = session.do(passage.command, seed=1, kill=Kill(at=name))
        session.world.mend_it()
        session.world.settings.clear()
        if not ended.killed:
            raise Broken(f"{passage.command} does not pass {name}")
    session.recover()


# --- for tests and bench -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How often it was killed, and where; `broken` says what is not true, `told` how it came to that."""

    kills: Counter[str]
    broken: str | None = None
    told: tuple[str, ...] = ()


def survive(root: Path, happens: Callable[[Session], None]) -> Outcome:
    """Lets something happen to a fresh world below `root`."""
    with fresh_world(root) as world:
        session = Session(world)
        try:
            happens(session)
        except (Broken, TimeoutError) as broken:
            return Outcome(session.kills, str(broken), tuple(session.told))
        return Outcome(session.kills)
