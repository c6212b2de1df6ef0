"""Where accepted comments become durable: alone on PostgreSQL, together on SQLite."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar
from uuid import UUID

from moderation.adapters.db.gathered import Gathered
from moderation.adapters.db.uow import Database, SqlUow, translated
from moderation.domain.errors import Busy, TemporaryFailure

T = TypeVar("T")
PATIENCE: Final = 5.0


class DirectInbox:
    """One transaction for each caller; PostgreSQL groups their commits by itself."""

    def __init__(self, database: Database) -> None:
        """Accept into this database."""
        self._database = database

    def accept(self, site_id: UUID, work: Callable[[SqlUow], T]) -> T:
        """Run `work` in a transaction and return what it returned once that is durable."""
        with self._database.uow(site_id) as uow:
            result = work(uow)
            uow.commit()
        return result


@dataclass(slots=True)
class _Parcel:
    """One caller's work, and the future that caller waits on."""

    work: Callable[[SqlUow], Any]
    done: Future[Any] = field(default_factory=Future)

    def wait(self, patience: float) -> Any:
        """Give the result; a parcel that nobody has begun to work for after so many seconds is taken back."""
        try:
            return self.done.result(patience)
        except TimeoutError:
            if self.done.cancel():
                raise Busy("The database is held by somebody else; try again in a moment.") from None
            return self.done.result()

    def wanted(self) -> bool:
        """Say whether the caller still waits, who cannot leave any more from now on; may be asked again."""
        return self.done.running() or (not self.done.cancelled() and self.done.set_running_or_notify_cancel())


class GroupInbox:
    """One writer thread commits whatever waits: durable, in order, many callers for one fsync.

    Each caller's work runs in a savepoint, so that what fails spoils nobody else's.
    """

    def __init__(self, database: Database, *, most: int = 256, patience: float = PATIENCE) -> None:
        """Accept into this database, at most so many callers in one commit; each waits for so many seconds."""
        self._database = database
        self._most = most
        self._patience = patience
        self._waiting: SimpleQueue[_Parcel] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._start = threading.Lock()

    def accept(self, site_id: UUID, work: Callable[[SqlUow], T]) -> T:  # noqa: ARG002 (SQLite has no row-level security)
        """Run `work` in the writer's next transaction; return what it returned once that is durable.

        Raises Busy, with nothing done, where the writer does not get to it in time.
        """
        parcel = _Parcel(work)
        self._waiting.put(parcel)
        self._ensure_writer()
        result: T = parcel.wait(self._patience)
        return result

    def _ensure_writer(self) -> None:
        """Start the writer with the first caller, in the process that serves it."""
        if self._writer is None:
            with self._start:
                if self._writer is None:
                    self._writer = threading.Thread(target=self._write_for_ever, name="inbox", daemon=True)
                    self._writer.start()

    def _write_for_ever(self) -> None:
        while True:
            parcels = self._collect()
            try:
                self._write(parcels)
            except TemporaryFailure as error:
                _fail(parcels, error)
            except Exception:  # noqa: BLE001 (whatever one of them wrote, the others must not suffer for it)
                self._write_one_by_one(parcels)

    def _write_one_by_one(self, parcels: Sequence[_Parcel]) -> None:
        """Commit each caller alone, so that only the one whose rows cannot be written hears of it."""
        for parcel in parcels:
            try:
                self._write([parcel])
            except Exception as error:  # noqa: BLE001 (whatever happens to the commit, its caller must hear of it)
                _fail([parcel], error)

    def _write(self, parcels: Sequence[_Parcel]) -> None:
        """Do the work of all who still wait, in one transaction, and answer them."""
        with self._database.uow(None) as uow:
            wanted = [parcel for parcel in parcels if parcel.wanted()]
            gathered = uow.gather()
            outcomes = [_run(uow, gathered, parcel) for parcel in wanted]
            uow.commit()
        for parcel, (result, failure) in zip(wanted, outcomes, strict=True):
            _answer(parcel, result, failure)

    def _collect(self) -> list[_Parcel]:
        """Wait for one parcel, then take all that have gathered meanwhile."""
        parcels = [self._waiting.get()]
        while len(parcels) < self._most:
            try:
                parcels.append(self._waiting.get_nowait())
            except Empty:
                break
        return parcels


def _run(uow: SqlUow, gathered: Gathered, parcel: _Parcel) -> tuple[Any, Exception | None]:
    """Do one caller's work; if it fails, undo what it wrote and nothing else."""
    gathered.begin()
    uow.connection.exec_driver_sql("SAVEPOINT parcel")
    try:
        with translated():
            result = parcel.work(uow)
    except Exception as failure:  # noqa: BLE001 (it is the caller's, and handed back there)
        gathered.forget()
        uow.connection.exec_driver_sql("ROLLBACK TO parcel")
        return None, failure
    uow.connection.exec_driver_sql("RELEASE parcel")
    return result, None


def _answer(parcel: _Parcel, result: Any, failure: Exception | None) -> None:
    if failure is None:
        parcel.done.set_result(result)
    else:
        parcel.done.set_exception(failure)


def _fail(parcels: Sequence[_Parcel], error: Exception) -> None:
    """Refuse every caller that still waits, each with an error of its own: a traceback grows where it is raised."""
    for parcel in parcels:
        if parcel.wanted():
            refusal = TemporaryFailure("The comment could not be stored; try again in a moment.")
            refusal.__cause__ = error
            parcel.done.set_exception(refusal)
