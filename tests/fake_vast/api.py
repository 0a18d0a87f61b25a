"""The provider's API: paths, bodies and codes, over a World. Nothing of sockets in here."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fake_vast.offers import BadQuery, holds, search
from tests.fake_vast.rows import charge_rows, instance_row, ssh_keys_text
from tests.fake_vast.world import CREATE_PENALTY_S, Denied, Key, World

PAGE = 25
LONGEST_ONSTART = 4096
LONGEST_LABEL = 256
RUNTYPES = {
    "ssh", "ssh_proxy", "ssh_direct", "ssh_direc",
    "jupyter", "jupyter_proxy", "jupyter_direct", "jupyter_direc",
    "args",
}  # fmt: skip
STORED = {"id", "label", "actual_status", "intended_status", "cur_state", "next_state", "gpu_name", "verification"}
"""What the list filters and sorts by."""


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    token: str | None
    base_url: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    kind: str = "application/json"

    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it was answered; ``status`` 0 = not at all."""

    endpoint: str
    method: str
    path: str
    body: Any
    status: int
    at: float


class Api:
    def __init__(self, world: World) -> None:
        self.world = world
        self._called: dict[tuple[str, str], deque[float]] = {}
        self._logs: dict[str, tuple[str, int]] = {}

    def endpoint(self, call: Call) -> str:
        found = self._route(call)
        return found[0] if found else "none"

    def answer(self, call: Call) -> Answer:
        """Carry a call out."""
        found = self._route(call)
        if found is None:
            return Answer(404, "<html><body><h1>Not Found</h1></body></html>", "text/html")
        endpoint, handler, numbers = found
        with self.world.lock:
            self.world.settle()
            try:
                if endpoint != "result":
                    self._check_key(call, endpoint, numbers)
                    self._check_frequency(call, endpoint)
                return handler(self, call, *numbers)
            except Denied as no:
                if no.status == 429 and "error" not in no.body:
                    return Answer(429, no.body["msg"], "text/plain")
                return Answer(no.status, no.body)

    def _route(self, call: Call) -> tuple[str, Handler, list[int]] | None:
        for method, pattern, endpoint, handler in ROUTES:
            found = re.fullmatch(pattern, call.path.rstrip("/"))
            if found and method == call.method:
                return endpoint, handler, [int(one) for one in found.groups()]
        return None

    # --- before anything else ---

    def _check_key(self, call: Call, endpoint: str, numbers: list[int]) -> None:
        if call.token is None:
            raise Denied(403, "auth_error", "This action requires login.")
        if hmac.compare_digest(call.token, self.world.api_key):
            return
        for instance in self.world.instances.values():
            if hmac.compare_digest(call.token, instance.api_key):
                if endpoint in ("manage", "destroy") and numbers == [instance.instance_id]:
                    return
                raise Denied(403, "not_authorized", "This key may not do this.")
        raise Denied(404, "auth_error", "Invalid user key")

    def _check_frequency(self, call: Call, endpoint: str) -> None:
        if endpoint not in self.world.limits:
            return
        most, period_s = self.world.limits[endpoint]
        now, past = self.world.now(), self._called.setdefault((endpoint, str(call.token)), deque())
        while past and past[0] <= now - period_s:
            past.popleft()
        if len(past) >= most:
            if endpoint == "create":
                past[-1] = now - period_s + CREATE_PENALTY_S
            limited = Denied(429, "", f"API requests too frequent endpoint threshold={period_s / most}")
            del limited.body["error"]
            raise limited
        past.append(now)

    # --- the account ---

    def user(self, call: Call) -> Answer:
        return Answer(
            200,
            {
                "id": self.world.user_id,
                "email": "someone@example.org",
                "credit": self.world.credit,
                "balance": 0.0,
                "balance_threshold": 0.0,
                "balance_threshold_enabled": False,
                "can_pay": self.world.credit > 0,
                "has_billing": False,
                "ssh_key": self.world.account_keys[0].public if self.world.account_keys else None,
                "api_key": self.world.api_key,
                "sid": "S1",
            },
        )

    def keys(self, call: Call) -> Answer:
        return Answer(200, [_key_row(key, self.world.user_id, "key") for key in self.world.account_keys])

    def add_key(self, call: Call) -> Answer:
        public = str(_fields(call).get("ssh_key") or "").replace("\0", "").strip()
        if not public.startswith(("ssh-", "ecdsa-", "sk-")):
            raise Denied(400, "no_ssh_key", "No ssh key provided")
        key = self.world.add_account_key(public)
        return Answer(200, {"success": True, "key": _key_row(key, self.world.user_id, "public_key")})

    def remove_key(self, call: Call, key_id: int) -> Answer:
        before = len(self.world.account_keys)
        self.world.account_keys = [key for key in self.world.account_keys if key.key_id != key_id]
        if len(self.world.account_keys) == before:
            raise Denied(404, "no_such_ssh_key", "SSH key not found.")
        return Answer(200, {"success": True})

    def charges(self, call: Call) -> Answer:
        filters = _json(call.query.get("select_filters", "{}"))
        day = filters.get("day", {})
        if "gte" not in day or "lte" not in day:
            raise Denied(400, "invalid_args", "Must provide both 'day' gte and lte filters for instance charges")
        until = min(float(day["lte"]), self.world.now() - self.world.charges_lag_s)
        labels = {creation.instance_id: creation.label for creation in self.world.ledger.creations}
        rows = charge_rows(self.world.ledger, labels, float(day["gte"]), until)
        wanted = filters.get("type", {}).get("in")
        rows = [row for row in rows if not wanted or row["type"] in wanted]
        if call.query.get("latest_first", "true").lower() == "true":
            rows.reverse()
        offset = int(_token(call.query.get("after_token")).get("offset", 0))
        limit = min(500, int(call.query.get("limit", 100)))
        page, rest = rows[offset : offset + limit], len(rows) > offset + limit
        token = _made_token({"offset": offset + limit}) if rest else None
        return Answer(
            200, {"success": True, "count": len(page), "total": len(rows), "next_token": token, "results": page}
        )

    # --- offers ---

    def bundles(self, call: Call) -> Answer:
        return self._search(_fields(call))

    def asks(self, call: Call) -> Answer:
        return self._search(dict(_fields(call).get("q") or {}))

    def _search(self, query: dict[str, Any]) -> Answer:
        if self.world.searches_left is not None:
            if self.world.searches_left <= 0:
                raise Denied(429, "search_quota_exceeded", "Daily search quota exceeded.")
            self.world.searches_left -= 1
        try:
            return Answer(200, {"offers": search(list(self.world.offers.values()), query)})
        except BadQuery as bad:
            raise Denied(400, "invalid_request", str(bad)) from bad

    def create(self, call: Call, offer_id: int) -> Answer:
        asked = _fields(call)
        trouble = _create_trouble(asked)
        if trouble:
            raise Denied(400, trouble[0], f"error 400/3467: Invalid args: {trouble[1]}", ask_id=offer_id)
        instance = self.world.create(offer_id, asked)
        return Answer(
            200, {"success": True, "new_contract": instance.instance_id, "instance_api_key": instance.api_key}
        )

    # --- instances ---

    def old_list(self, call: Call) -> Answer:
        raise Denied(410, "deprecated_endpoint", "This endpoint is deprecated. Please use /api/v1/instances/.")

    def list(self, call: Call) -> Answer:
        filters = _json(call.query.get("select_filters", "{}"))
        order = _json(call.query.get("order_by", "[]"))
        for name in [*filters, *(one["col"] for one in order)]:
            if name not in STORED:
                raise Denied(400, "invalid_request", f"Error in query parameters: {name} is not a valid search key")
        after = _token(call.query.get("after_token"))
        instances = list(self.world.instances.values()) if after else self.world.listed()
        rows = [instance_row(instance, self.world.now()) for instance in instances]
        try:
            rows = [row for row in rows if all(holds(row[name], wanted, name) for name, wanted in filters.items())]
        except BadQuery as bad:
            raise Denied(400, "invalid_request", str(bad)) from bad
        for one in reversed([*order, {"col": "id", "dir": "asc"}]):
            rows.sort(key=lambda row: (row[one["col"]] is None, row[one["col"]]), reverse=one.get("dir") == "desc")
        start = (
            next((place for place, row in enumerate(rows) if row["id"] == after["values"]["id"]), -1) + 1
            if after
            else 0
        )
        asked_limit = int(call.query.get("limit", PAGE))
        limit = min(PAGE, asked_limit) if asked_limit > 0 else 5
        page = rows[start : start + limit]
        columns = _json(call.query.get("select_cols", '["*"]'))
        more = start + limit < len(rows)
        counts: dict[str, int] = {}
        for row in rows:
            counts[row["label"] or ""] = counts.get(row["label"] or "", 0) + 1
        return Answer(
            200,
            {
                "success": True,
                "instances_found": len(page),
                "total_instances": len(rows),
                "label_counts": counts,
                "next_token": _made_token({"values": {"id": page[-1]["id"]}}) if more else None,
                "instances": page if "*" in columns else [{name: row.get(name) for name in columns} for row in page],
            },
        )

    def one(self, call: Call, instance_id: int) -> Answer:
        instance = self.world.instances.get(instance_id)
        return Answer(200, {"instances": instance_row(instance, self.world.now()) if instance else None})

    def contracts(self, call: Call) -> Answer:
        asked = _fields(call)
        wanted = set(asked.get("contract_ids") or [])
        found = [
            instance_row(one, self.world.now())
            for one in self.world.instances.values()
            if one.instance_id in wanted or ("label" in asked and one.label == asked["label"])
        ]
        return Answer(200, {"success": True, "contracts": found})

    def manage(self, call: Call, instance_id: int) -> Answer:
        asked = _fields(call)
        instance = self.world.find(instance_id)
        if "label" in asked:
            if len(str(asked["label"])) > 1024:
                raise Denied(400, "label_too_long", "Label is too long.")
            instance.label = str(asked["label"])
        state = asked.get("state")
        if state == "stopped":
            self.world.stop(instance_id)
        elif state == "running":
            self.world.start(instance_id)
        elif "label" not in asked:
            raise Denied(400, "invalid_args", "error 400/1782: Invalid args: nothing to do")
        return Answer(200, {"success": True})

    def destroy(self, call: Call, instance_id: int) -> Answer:
        self.world.destroy(instance_id)
        return Answer(200, {"success": True, "msg": "Instance destroyed successfully"})

    def destroy_many(self, call: Call) -> Answer:
        for instance_id in _fields(call).get("instance_ids") or []:
            self.world.destroy(int(instance_id))
        return Answer(200, {"success": True})

    def bid(self, call: Call, instance_id: int) -> Answer:
        instance, price = self.world.find(instance_id), _fields(call).get("price")
        if not isinstance(price, int | float) or not 0.001 <= price <= 32.0 * instance.offer["num_gpus"]:
            raise Denied(400, "invalid_args", "Please set a bid price >= 0.001.")
        instance.offer = {**instance.offer, "dph_base": price, "dph_total": price + instance.disk_per_hour}
        return Answer(200, {"success": True})

    def instance_keys(self, call: Call, instance_id: int) -> Answer:
        return Answer(200, {"success": True, "ssh_keys": ssh_keys_text(self.world.find(instance_id).keys)})

    def add_instance_key(self, call: Call, instance_id: int) -> Answer:
        public = str(_fields(call).get("ssh_key") or "").strip()
        if not public:
            raise Denied(400, "no_ssh_key", "No ssh key provided")
        self.world.add_instance_key(instance_id, public)
        return Answer(200, {"success": True, "msg": "SSH key attached successfully"})

    def remove_instance_key(self, call: Call, instance_id: int, key_id: int) -> Answer:
        instance = self.world.find(instance_id)
        instance.keys = [key for key in instance.keys if key.key_id != key_id]
        return Answer(200, {"success": True, "msg": "SSH key removed from instance."})

    def logs(self, call: Call, instance_id: int) -> Answer:
        instance = self.world.instances.get(instance_id)
        if instance is None:
            raise Denied(404, "invalid_id", "Invalid instance id.")
        if not self.world.logs_work:
            return Answer(200, {"success": True, "msg": "logs are not available for this machine"})
        asked = _fields(call)
        lines = self.world.machines.log(instance).splitlines()
        lines = [line for line in lines if str(asked.get("filter") or "") in line][-int(asked.get("tail") or 1000) :]
        name = secrets.token_hex(16)
        self._logs[name] = ("\n".join(lines) + "\n", self.world.log_delay)
        return Answer(200, {"success": True, "result_url": f"{call.base_url}/vast.ai/instance_logs/{int(name, 16)}"})

    def result(self, call: Call, number: int) -> Answer:
        """The object store: no key is wanted, and one that comes all the same is refused."""
        if call.token is not None:
            return Answer(400, "<Error><Code>InvalidArgument</Code></Error>", "application/xml")
        name = f"{number:032x}"
        text, looks_left = self._logs.get(name, ("", 1))
        if looks_left > 0:
            self._logs[name] = (text, looks_left - 1)
            return Answer(404, "<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        return Answer(200, text, "text/plain")


Handler = Callable[..., Answer]
ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", r"/api/v0/users/current", "user", Api.user),
    ("GET", r"/api/v0/ssh", "keys", Api.keys),
    ("POST", r"/api/v0/ssh", "key-add", Api.add_key),
    ("DELETE", r"/api/v0/ssh/(\d+)", "key-remove", Api.remove_key),
    ("GET", r"/api/v0/charges", "charges", Api.charges),
    ("POST", r"/api/v0/bundles", "search", Api.bundles),
    ("PUT", r"/api/v0/search/asks", "search", Api.asks),
    ("PUT", r"/api/v0/asks/(\d+)", "create", Api.create),
    ("GET", r"/api/v0/instances", "old-list", Api.old_list),
    ("GET", r"/api/v1/instances", "list", Api.list),
    ("POST", r"/api/v0/contracts/fetch", "contracts", Api.contracts),
    ("DELETE", r"/api/v0/instances", "destroy-many", Api.destroy_many),
    ("GET", r"/api/v0/instances/(\d+)", "one", Api.one),
    ("PUT", r"/api/v0/instances/(\d+)", "manage", Api.manage),
    ("DELETE", r"/api/v0/instances/(\d+)", "destroy", Api.destroy),
    ("PUT", r"/api/v0/instances/bid_price/(\d+)", "bid", Api.bid),
    ("GET", r"/api/v0/instances/(\d+)/ssh", "instance-keys", Api.instance_keys),
    ("POST", r"/api/v0/instances/(\d+)/ssh", "instance-key-add", Api.add_instance_key),
    ("DELETE", r"/api/v0/instances/(\d+)/ssh/(\d+)", "instance-key-remove", Api.remove_instance_key),
    ("PUT", r"/api/v0/instances/request_logs/(\d+)", "logs", Api.logs),
    ("GET", r"/vast\.ai/instance_logs/(\d+)", "result", Api.result),
)


def _fields(call: Call) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise Denied(400, "invalid_args", "error 400/1782: Invalid args: invalid json")
    return call.body


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as bad:
        raise Denied(400, "invalid_request", f"Error in query parameters: {bad}") from bad


def _made_token(content: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def _token(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        content = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as bad:
        raise Denied(400, "invalid_token", "Invalid pagination token") from bad
    return dict(content)


def _key_row(key: Key, user_id: int, name: str) -> dict[str, Any]:
    at = "2027-01-15T08:00:00Z"
    return {"id": key.key_id, "user_id": user_id, name: key.public, "created_at": at, "deleted_at": None}


def _create_trouble(asked: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a create body: the code and the words."""
    image, disk, price = asked.get("image"), asked.get("disk"), asked.get("price")
    env = asked.get("env")
    texts = [str(asked.get("onstart") or ""), " ".join(map(str, asked.get("args") or []))]
    if not isinstance(image, str) or not 0 < len(image) <= 1024:
        return "invalid_args", "image"
    if isinstance(disk, bool) or not isinstance(disk, int | float) or disk < 8:
        return "invalid_args", "disk must be at least 8 GB"
    if sum(map(len, texts)) > LONGEST_ONSTART:
        return "invalid_args", "args and onstart are too long"
    if len(str(asked.get("label") or "")) > LONGEST_LABEL:
        return "invalid_args", "label is too long"
    if env is not None and (not isinstance(env, dict) or any(len(str(one)) > 256 for one in env.values())):
        return "invalid_args", "env"
    if not set(str(asked.get("runtype") or "ssh").split()) <= RUNTYPES:
        return "invalid_args", "runtype"
    if price is not None and (not isinstance(price, int | float) or not 0.001 <= price <= 128.0):
        return "invalid_price", "price"
    return None
