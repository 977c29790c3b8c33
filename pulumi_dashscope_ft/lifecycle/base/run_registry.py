"""What this process knows about which resource holds which object.

One process sees the whole of one `up`. What it has seen keeps two resources from ending up with one job. Neither the
service nor the engine tells a provider which jobs the state records, but within one run the provider meets most of
them. This memory lives as long as the provider process, which is one Pulumi operation.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator


class RunRegistry:
    """What this process knows about which resource holds which job, file or deployment. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recorded_nonces: set[str] = set()
        self._held: set[str] = set()
        self._adopted: set[str] = set()
        self._retained: dict[str, frozenset[str]] = {}
        self._holders: dict[str, str] = {}
        self._unchanged: set[str] = set()
        self._deploying: set[object] = set()
        self._kept: dict[str, str] = {}
        self._ending: set[str] = set()
        self._ended: set[str] = set()
        self._met: dict[str, str] = {}
        self._superseded: set[tuple[str, str]] = set()

    def note_recorded(self, nonce: str) -> None:
        """Note that the state holds a resource with this nonce: its job is no leftover."""
        with self._lock:
            self._recorded_nonces.add(nonce)

    def is_recorded(self, nonce: str) -> bool:
        """Whether the state holds an object that was made with this nonce."""
        with self._lock:
            return nonce in self._recorded_nonces

    def hold(self, object_id: str) -> None:
        """Note that a resource of this run holds this object, which was created or found for it."""
        with self._lock:
            self._held.add(object_id)

    def is_held(self, object_id: str) -> bool:
        """Whether a resource of this run holds this object."""
        with self._lock:
            return object_id in self._held

    def adopt_one(self, candidates: Iterable[str]) -> str | None:
        """Take the first candidate that no other resource of this run holds; None when all are taken."""
        with self._lock:
            for candidate in candidates:
                if candidate not in self._held:
                    self._held.add(candidate)
                    self._adopted.add(candidate)
                    return candidate
        return None

    def give_up_adopted(self, object_id: str) -> bool:
        """Whether a resource of this run has adopted this object; True once for each adoption.

        Deleting the object for its former holder would take it away from the new one.
        """
        with self._lock:
            if object_id in self._adopted:
                self._adopted.remove(object_id)
                return True
        return False

    def note_retained(self, object_id: str, needs: frozenset[str] = frozenset()) -> None:
        """Note that this object was left running on purpose (`onDestroy: retain`): it is no orphan.

        :param needs: ids of the files that it may still read.
        """
        with self._lock:
            self._retained[object_id] = needs

    def retained_needing(self, file_id: str) -> str | None:
        """Return the id of a job that this run has retained and that may still read this file; None for none."""
        with self._lock:
            return next((object_id for object_id, needs in self._retained.items() if file_id in needs), None)

    def is_retained(self, object_id: str) -> bool:
        """Whether this run has retained this object."""
        with self._lock:
            return object_id in self._retained

    @contextlib.contextmanager
    def ending(self, object_id: str) -> Iterator[None]:
        """Note that this run is tearing the object down, for as long as the block lasts."""
        with self._lock:
            self._ending.add(object_id)
        try:
            yield
        finally:
            with self._lock:
                self._ending.discard(object_id)

    def is_ending(self, object_id: str) -> bool:
        """Whether this run is tearing the object down just now."""
        with self._lock:
            return object_id in self._ending

    def note_ended(self, object_id: str) -> None:
        """Note that this run has torn the object down or found it gone: an older listing may still show it."""
        with self._lock:
            self._ended.add(object_id)

    def has_ended(self, object_id: str) -> bool:
        """Whether this run has torn the object down or found it gone."""
        with self._lock:
            return object_id in self._ended

    def note_met(self, object_id: str, name: str) -> None:
        """Note that the state holds this object under the resource of this name: a step of this run was about it."""
        with self._lock:
            self._met[object_id] = name

    def met_as(self, object_id: str) -> str | None:
        """Return the name of the resource under which this run has met the object; None when it has not."""
        with self._lock:
            return self._met.get(object_id)

    def note_deployment(self, account: object) -> None:
        """Note that the state holds, or will soon hold, a deployment in this account (identified by its client)."""
        with self._lock:
            self._deploying.add(account)

    def has_deployments(self, account: object) -> bool:
        """Whether this run has handled any deployment in this account."""
        with self._lock:
            return account in self._deploying

    def note_holder(self, object_id: str, name: str, *, unchanged: bool) -> None:
        """Note that the state has this object under this resource, and that the program keeps it there.

        :param unchanged: False when the program changes it in place.
        """
        with self._lock:
            self._holders[object_id] = name
            if unchanged:
                self._unchanged.add(name)

    def note_kept(self, object_id: str, nonce: str) -> None:
        """Note that the resource with this nonce keeps this object: it was made for it, or its diff left it alone."""
        with self._lock:
            self._kept[object_id] = nonce

    def is_kept(self, object_id: str) -> bool:
        """Whether a resource of this program has this object and keeps it."""
        with self._lock:
            return object_id in self._kept

    def is_kept_under_another(self, object_id: str, nonce: str) -> bool:
        """Whether a record of this object goes whose nonce is not that of the resource that keeps the object.

        That is the trace of a replacement that was cut short, or of a deployment whose id the service has given again.
        """
        with self._lock:
            kept = self._kept.get(object_id)
            return bool(nonce and kept) and kept != nonce

    def note_superseded(self, object_id: str, name: str) -> None:
        """Note that inputs have changed so that the resource of this name will get another object than this one."""
        with self._lock:
            self._superseded.add((object_id, name))

    def to_adopt(self, wanted: object, name: str) -> str | None:
        """Return the id of the object that the resource of this name will take over; None when it will make one.

        :param wanted: what the user named, if anything. While inputs stay as they are, naming the object that the
            resource already has changes nothing; when they change, that object is the one that is replaced.
        """
        with self._lock:
            return str(wanted) if wanted and (wanted, name) not in self._superseded else None

    def note_replaced(self, name: str) -> None:
        """Note that the resource of this name gets a new object anyway, because the user has forced it."""
        with self._lock:
            self._unchanged.discard(name)

    def keeper(self, object_id: str, name: str) -> str | None:
        """Return the name of the resource that keeps this object when its record under `name` goes; None for none.

        A rename or a replacement that was cut short leaves two records of one object. Then the record that goes has
        another name, or it goes although this run has found nothing to change under its name.
        """
        with self._lock:
            holder = self._holders.get(object_id)
            return holder if holder != name or holder in self._unchanged else None
