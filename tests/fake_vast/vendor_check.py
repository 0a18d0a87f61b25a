"""Run by the environment in which the provider's own client is: what that client makes of a fake, as JSON.

VAST_URL=... VAST_API_KEY=... python vendor_check.py whole|lost
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import requests
from vastai import VastAI
from vastai.sync.client import SyncClient


def refused(call: Callable[[], Any]) -> list[Any]:
    """Status and code with which a call is refused."""
    try:
        call()
    except requests.HTTPError as no:
        return [no.response.status_code, no.response.json()["error"]]
    return []


def whole(client: VastAI, seen: dict[str, Any]) -> None:
    seen["credit"] = client.show_user()["credit"]
    found = client.search_offers("gpu_name=RTX_4090 gpu_ram>=24 reliability>0.9", order="dph_total", storage=50)
    seen["offers"] = [[one["id"], one["dph_total"]] for one in found]
    seen["offers by the newer call"] = [one["id"] for one in client.search_offers_new({"gpu_name": {"eq": "RTX 3090"}})]
    seen["bids"] = [one["dph_base"] for one in client.search_offers("gpu_name=RTX_3090", type="bid")]
    key = client.create_ssh_key("ssh-ed25519 AAAAC3Nz someone")["key"]
    seen["keys"] = [one["id"] == key["id"] for one in client.show_ssh_keys()]
    created = client.create_instance(
        found[0]["id"], image="pytorch/pytorch", disk=50, label="mine", onstart_cmd="true", env="-e A=B -p 80:80",
        ssh=True, direct=True, cancel_unavail=True,
    )  # fmt: skip
    number = created["new_contract"]
    seen["created"] = [created["success"], len(created["instance_api_key"])]
    one = client.show_instance(number)
    seen["one"] = [one["id"], one["label"], one["actual_status"], one["extra_env"], one["image_runtype"]]
    seen["list"] = len(client.show_instances())
    seen["list by the other client"] = len(SyncClient(vast_server=client.client.server_url).show_instances())
    seen["ssh"] = client.ssh_url(number).partition(":")[0]
    seen["attached"] = client.attach_ssh(number, "ssh-ed25519 AAAAother other")["success"]
    seen["log"] = client.logs(number, tail="100")
    client.label_instance(number, "renamed")
    seen["contracts"] = [one["id"] == number for one in client.fetch_contracts(label="renamed")]
    seen["stopped"] = [client.stop_instance(number)["success"], client.show_instance(number)["actual_status"]]
    seen["started"] = client.start_instance(number)["success"]
    seen["charges"] = client.show_invoices_v1(charges=True, charge_type=["instance"])["results"]
    seen["gone offer"] = refused(lambda: client.create_instance(found[0]["id"], image="x", disk=50))
    seen["small disk"] = refused(lambda: client.create_instance(found[1]["id"], image="x", disk=1))
    seen["old list"] = refused(lambda: client.client.get("/instances/").raise_for_status())
    seen["wrong key"] = refused(VastAI(api_key="wrong").show_user)
    instance_key = VastAI(api_key=created["instance_api_key"])
    seen["instance key on the account"] = refused(instance_key.show_user)
    seen["instance key on another"] = refused(lambda: instance_key.destroy_instance(number + 1))
    seen["instance key on itself"] = instance_key.destroy_instance(number)["success"]
    seen["destroyed"] = [client.show_instance(number), refused(lambda: client.destroy_instance(number))]


def lost(client: VastAI, seen: dict[str, Any]) -> None:
    offer = client.search_offers("gpu_name=RTX_4090")[0]["id"]
    try:
        client.create_instance(offer, image="pytorch/pytorch", disk=50, label="mine")
    except requests.RequestException as broken:
        seen["error"] = type(broken).__name__
    seen["list"] = len(client.show_instances())


if __name__ == "__main__":
    report: dict[str, Any] = {}
    {"whole": whole, "lost": lost}[sys.argv[1]](VastAI(), report)
    print(json.dumps(report))
