"""The Vast.ai cloud. Its own client is gone around: it repeats a create whose answer was lost, so that several machines
are rented, its pins exclude ours, and it brings in a PDF library under the AGPL.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from gui.core.cloud import vast_ssh
from gui.core.cloud import vast_wire as wire
from gui.core.cloud.base import Charge, Instance, Needs, Offer
from gui.core.cloud.http import Answer, HttpClient, as_query
from gui.core.cloud.vast_watch import first_watch
from gui.core.credentials import Credentials
from gui.core.errors import CloudError, CloudRefused, CloudUnreachable, CredentialError, OfferGone
from gui.core.units import MicroUsd, micro_usd, utc_now

logger = logging.getLogger(__name__)

NAME = wire.NAME
SECRET_NAME = "vast"  # in Credentials
KEY_VARIABLE = "VAST_API_KEY"
URL_VARIABLE = "EMBARK_VAST_URL"
URL = "https://console.vast.ai"
IMAGE = "vastai/pytorch:@vastai-automatic-tag"
"""Lies on most hosts already; the provider puts in the tag that suits the driver."""

PAGE = 25
MOST_PAGES = 400
CHARGES_PAGE = 100
GONE_LOOKS = 3
GONE_PAUSE_S = 3.0
LOG_LOOKS = 10
LOG_PAUSE_S = 1.0
QUOTA = "search_quota_exceeded"

# The provider's own minimum intervals, and a little more.
LIMITS = {
    "search": (9, 61.0),
    "create": (1, 5.0),
    "list": (1, 1.2),
    "destroy": (1, 3.3),
    "manage": (1, 1.2),
    "user": (1, 1.2),
    "keys": (1, 1.2),
    "key-add": (1, 1.2),
    "instance-keys": (1, 1.2),
    "instance-key-add": (1, 1.2),
    "logs": (1, 1.2),
    "charges": (1, 1.2),
}


class _Search(msgspec.Struct):
    offers: list[Any]


class _Created(msgspec.Struct):
    success: bool
    new_contract: int


class _Page(msgspec.Struct):
    instances: list[Any]
    next_token: str | None = None


class _Charges(msgspec.Struct):
    results: list[Any]
    next_token: str | None = None


class _User(msgspec.Struct):
    credit: wire.Number


class _InstanceKeys(msgspec.Struct):
    ssh_keys: Any = None


class _Log(msgspec.Struct):
    result_url: str | None = None


def hold_key_of_environment(credentials: Credentials) -> bool:
    """Use the API key in ``VAST_API_KEY`` until Embark closes, if there is one; for the command line alone."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if key:
        credentials.hold(SECRET_NAME, key)
    return bool(key)


class VastCloud:
    """A ``PaidCloud``. The API key is the secret "vast" of ``credentials``, asked for at each call.

    Besides CloudUnreachable, OfferGone and CloudRefused (``key``, ``no-key``, ``permission``, ``credit``, ``quota``,
    ``invalid``, ``other``) every verb raises CredentialError when the keyring does not give the key and never did.
    """

    name = NAME
    needs_key = True
    may_install = True

    def __init__(
        self,
        credentials: Credentials,
        base_url: str | None = None,
        *,
        image: str = IMAGE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
        heard: Callable[[datetime], None] | None = None,
        silence_s: float = 30.0,
    ) -> None:
        """``heard`` is told what time the provider says it is."""
        self._credentials = credentials
        self._last_key = ""
        self._image = image
        self._sleep = sleep
        self._now = now
        self._host_keys: dict[str, str] = {}
        self._seen_at: dict[str, datetime] = {}  # instances of others, before the provider says since when they run
        self._lock = threading.Lock()
        self.guard_url = base_url or os.environ.get(URL_VARIABLE) or ""
        url = self.guard_url or URL
        self._http = HttpClient(
            NAME, url, self._key, LIMITS, final=frozenset({QUOTA}), clock=clock, sleep=sleep, silence_s=silence_s,
            heard=heard,
        )  # fmt: skip

    # --- the verbs of a cloud ---

    def offers(self, needs: Needs) -> Sequence[Offer]:
        answer = self._http.ask("POST", "/api/v0/bundles/", endpoint="search", body=wire.search(needs))
        return wire.offers(_granted(answer).into(_Search).offers, needs)

    def rent(self, offer: Offer, label: str, public_key: str) -> Instance:
        if offer.cloud != NAME or not offer.offer_id.isdecimal():
            raise OfferGone(cloud=NAME, offer_id=offer.offer_id)
        try:
            key = vast_ssh.public_part(public_key)
            script = vast_ssh.onstart(key) + first_watch(self.guard_url or URL)
        except ValueError as no_key:
            raise CloudRefused(cloud=NAME, reason="key") from no_key
        self._register(key)
        rented_at = self._now()
        order = self._order(offer, label, script, rented_at)
        answer = self._http.send("PUT", f"/api/v0/asks/{offer.offer_id}/", endpoint="create", body=order)
        if not answer.ok:
            self._undo(answer)
            raise _not_rented(answer, offer)
        created = answer.into(_Created)
        if not created.success:
            raise CloudUnreachable(cloud=NAME, detail="neither rented nor refused")
        return wire.rented(offer, str(created.new_contract), label, rented_at)

    def instances(self) -> Sequence[Instance]:
        rows = self._pages(
            "/api/v1/instances/", "list", _Page, PAGE, select_filters={}, order_by=[{"col": "id", "dir": "asc"}]
        )
        found = {one.instance_id: one for one in (wire.instance(row) for page in rows for row in page.instances)}
        with self._lock:
            return tuple(self._completed(one) for one in found.values())

    def authorize(self, instance: Instance, public_key: str) -> None:
        path = f"/api/v0/instances/{_number(instance.instance_id)}/ssh/"
        key = vast_ssh.public_part(public_key)
        answer = self._http.ask("GET", path, endpoint="instance-keys")
        if _is_gone(answer) or key in vast_ssh.keys(_granted(answer).into(_InstanceKeys).ssh_keys):
            return
        added = self._http.send("POST", path, endpoint="instance-key-add", body={"ssh_key": key})
        if not _is_gone(added):
            _granted(added)

    def destroy(self, instance_id: str) -> None:
        if not instance_id.isdecimal():
            return
        answer = self._http.send("DELETE", f"/api/v0/instances/{instance_id}/", endpoint="destroy", body={})
        if not _is_gone(answer):
            _granted(answer)

    def close(self) -> None:
        self._http.close()

    # --- the account ---

    def has_key(self) -> bool:
        """Whether there is an API key to ask with. Raises CredentialError."""
        return bool(self._credentials.get(SECRET_NAME))

    def start(self, instance: Instance) -> None:
        path = f"/api/v0/instances/{_number(instance.instance_id)}/"
        answer = self._http.ask("PUT", path, endpoint="manage", body={"state": "running"})
        if not _is_gone(answer):
            _granted(answer)

    def credit(self) -> MicroUsd:
        answer = self._http.ask("GET", "/api/v0/users/current/", endpoint="user")
        return micro_usd(_granted(answer).into(_User).credit)

    def register(self, public_key: str) -> None:
        """Make an SSH key known to the account, for instances that are created later. One that it knows is fine.

        Raises CloudRefused("permission") when the API key may not do that, ValueError for what is no public key.
        """
        key = vast_ssh.public_part(public_key)
        answer = self._http.ask("GET", "/api/v0/ssh/", endpoint="keys")
        if answer.ok and key in vast_ssh.keys(answer.content):
            return
        _granted(self._http.send("POST", "/api/v0/ssh/", endpoint="key-add", body={"ssh_key": key}))

    def charges(self, since: datetime) -> Sequence[Charge]:
        day = {"gte": int(since.timestamp()), "lte": int(self._now().timestamp()) + 1}
        filters = {"day": day, "type": {"in": ["instance"]}}
        pages = self._pages(
            "/api/v0/charges/", "charges", _Charges, CHARGES_PAGE, select_filters=filters, format="table"
        )
        return wire.charges([row for page in pages for row in page.results])

    def host_key(self, instance: Instance) -> str:
        """As the start script printed it into the log, which comes over HTTPS; a log that does not come is no error."""
        with self._lock:
            known = self._host_keys.get(instance.instance_id, "")
        if known:
            return known
        try:
            found = vast_ssh.host_key(self._log(instance.instance_id))
        except CloudError as no_log:
            logger.warning("no log of instance %s: %s", instance.instance_id, no_log)
            return ""
        if found:
            with self._lock:
                self._host_keys[instance.instance_id] = found
        return found

    # --- inside ---

    def _key(self) -> str:
        """Asked for anew each time, so that a new one counts at once; while the keyring is locked, the last one."""
        try:
            key = self._credentials.get(SECRET_NAME)
        except CredentialError:
            if self._last_key:
                return self._last_key
            raise
        if not key:
            raise CloudRefused(cloud=NAME, reason="no-key")
        self._last_key = key
        return key

    def _completed(self, instance: Instance) -> Instance:
        """With what only this process knows."""
        number = instance.instance_id
        seen_at = self._seen_at.setdefault(number, self._now())
        began = seen_at if instance.rented_at == wire.NOT_YET else instance.rented_at
        return replace(instance, rented_at=began, host_key=self._host_keys.get(number, ""))

    def _order(self, offer: Offer, label: str, script: str, rented_at: datetime) -> dict[str, Any]:
        order: dict[str, Any] = {
            "client_id": "me",
            "image": self._image,
            "env": {wire.RENTED_AT: rented_at.isoformat()},
            "disk": wire.disk_gb(offer.disk_bytes),
            "label": label,
            "onstart": script,
            "runtype": "ssh_direc ssh_proxy",  # the provider's own spelling
            "cancel_unavail": True,  # else one that cannot start is kept, stopped, and its disk billed
        }
        if offer.interruptible:
            order["price"] = wire.dollars(offer.bid_per_hour)
        return order

    def _register(self, key: str) -> None:
        """A key of the provider that may not add ours is no obstacle: the start script adds it too."""
        try:
            self.register(key)
        except CloudRefused as refused:
            if refused.reason == "key":
                raise
            logger.warning("the SSH key was not added to the account: %s", refused)

    def _undo(self, answer: Answer) -> None:
        """A refusal that rented all the same. Raises CloudUnreachable while it may still be there."""
        contract = answer.content.get("new_contract") if isinstance(answer.content, dict) else None
        if not isinstance(contract, int):
            return
        logger.warning("refused, and rented all the same: instance %s", contract)
        self.destroy(str(contract))
        for _ in range(GONE_LOOKS):
            if all(one.instance_id != str(contract) for one in self.instances()):
                return
            self._sleep(GONE_PAUSE_S)
        raise CloudUnreachable(cloud=NAME, detail=f"instance {contract} came of a refusal and is still listed")

    def _pages(self, path: str, endpoint: str, kind: type[Any], limit: int, **query: Any) -> list[Any]:
        """All pages of a list, or CloudUnreachable: a part of a list is none."""
        pages: list[Any] = []
        token: str | None = None
        for _ in range(MOST_PAGES):
            asked = as_query(**query, limit=limit, after_token=token)
            pages.append(_granted(self._http.ask("GET", path, endpoint=endpoint, query=asked)).into(kind))
            before, token = token, pages[-1].next_token
            if not token:
                return pages
            if token == before:
                break
        raise CloudUnreachable(cloud=NAME, detail="a list without end")

    def _log(self, instance_id: str) -> str:
        path = f"/api/v0/instances/request_logs/{_number(instance_id)}/"
        body = {"tail": "1000", "filter": vast_ssh.HOST_KEY_MARK}
        url = _granted(self._http.ask("PUT", path, endpoint="logs", body=body)).into(_Log).result_url
        for _ in range(LOG_LOOKS if url else 0):
            self._sleep(LOG_PAUSE_S)
            status, content = self._http.fetch(url or "")
            if status == 200:
                return content.decode("utf-8", "replace")
        return ""


def _granted(answer: Answer) -> Answer:
    """The answer, if it is a yes. Raises CloudRefused."""
    if not answer.ok:
        raise _refusal(answer)
    return answer


def _refusal(answer: Answer) -> CloudRefused:
    reasons = {
        "auth_error": "key",  # also as a 404
        "insufficient_credit": "credit",
        "missing_billing": "credit",
        QUOTA: "quota",
    }
    return answer.refused(reasons.get(answer.said("error"), ""))


def _is_gone(answer: Answer) -> bool:
    """Whether what was asked about is not there (any more)."""
    return answer.status == 404 and answer.said("error") != "auth_error"


def _not_rented(answer: Answer, offer: Offer) -> CloudError:
    words = f"{answer.said('error')} {answer.said('msg')}"
    if _is_gone(answer) or answer.status == 410 or "no_such_ask" in words or "invalid_price" in words:
        return OfferGone(cloud=NAME, offer_id=offer.offer_id)
    return _refusal(answer)


def _number(instance_id: str) -> str:
    """An id that is safe in a path. Raises CloudRefused."""
    if not instance_id.isdecimal():
        raise CloudRefused(cloud=NAME, reason="invalid", detail="not an instance's number")
    return instance_id
