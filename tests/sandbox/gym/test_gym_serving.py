"""Servers in one process: ports, state that outlives them, and the ITSM server from end to end."""

import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from depot_gym import DEPOT, SEED, depot_running
from public_client import WEB, PublicClient

from enterpriselab.apps import load_app, standalone_spec
from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.serving import GymOptions, running_gyms
from enterpriselab.sandbox.image_cache import cache_folder
from enterpriselab.toolkit import PUBLIC_PORTS


def free_base() -> int:
    """A port base at which the depot's port is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1]) - 77


def test_servers_that_start_again_have_the_databases_that_they_had(tmp_path: Path) -> None:
    with depot_running(state=tmp_path) as running:
        client = PublicClient(running.urls["gym-depot-mcp"])
        client.seed(SEED)
        client.call("store_parcel", title="Box")
    with depot_running(state=tmp_path) as running:
        again = PublicClient(running.urls["gym-depot-mcp"])
        again.database = client.database
        assert again.query("SELECT count(*) FROM parcel") == 3
        assert again.call("store_parcel", title="Box")["parcel_id"] == "PAR_004"


def test_ports_move_with_their_base_and_each_base_has_its_state() -> None:
    base = free_base()
    with running_gyms([DEPOT], GymOptions(port_base=base)) as running:
        assert running.urls == {"gym-depot-mcp": f"http://127.0.0.1:{base + 77}"}
        running.gyms[0].databases.create("a")
        with pytest.raises(UsageError, match="Cannot listen"), depot_running(admin_port=base + 77):
            pass
        with pytest.raises(UsageError, match="Another server keeps"), running_gyms([DEPOT], GymOptions(port_base=base)):
            pass
    assert "a" in (cache_folder() / "gym" / "state" / str(base) / "gym-depot-mcp.jsonl").read_text(encoding="utf-8")


def test_a_text_that_many_send_at_once_is_loaded_once_for_all() -> None:
    with depot_running() as running, ThreadPoolExecutor(12) as pool:
        worlds = running.gyms[0].databases.worlds
        texts = [f"{SEED} -- {number % 3}" for number in range(36)]
        made = list(pool.map(lambda text: worlds.of_text(text, ""), texts))
        assert len({source for source, _, _ in made}) == 3
        assert len({id(world) for _, world, _ in made}) == 3
        assert all(report["tables"] == {"parcel": 2, "users": 2} for _, _, report in made)


def test_an_app_of_the_company_is_no_gym_server() -> None:
    mail = load_app("mail")
    with pytest.raises(UsageError), running_gyms([(mail, lambda image, level: DEPOT[1](image, level))]):
        pass


def spec_of(app: Any, image: str, level: str) -> Any:
    return standalone_spec(app, image=image, level=level)


def test_the_itsm_server_plays_a_reference_for_the_public_client() -> None:
    app = load_app("itsm")
    assert app.standalone is not None and app.standalone.gym is not None
    assert app.standalone.gym.port == PUBLIC_PORTS["gym-itsm-mcp"] == 8006
    apps = [(app, partial(spec_of, app)), DEPOT]
    with running_gyms(apps, GymOptions(port_base=0, image="minimal")) as running:
        client = PublicClient(running.urls["gym-itsm-mcp"], {"itsm_user_token": "USER_001"})
        assert len(client.connect()) == len(app.tools)
        made = WEB.post(f"{client.url}/api/seed-database", json={"level": "parity"}).json()
        client.database = made["database_id"]
        before = client.query("SELECT count(*) FROM location")
        client.call("add_location", name="Annex", city="Oslo", country="Norway")
        assert client.query("SELECT count(*) FROM location WHERE active = 1 AND name = 'Annex'") == 1
        assert client.query("SELECT count(*) FROM location") == before + 1
        refused = client.rpc("tools/call", {"name": "update_location", "arguments": {"location_id": "LOC_999"}})
        assert refused["isError"] and refused["content"][0]["text"].startswith("API Error [update_location]")
        client.delete()
        assert set(running.urls) == {"gym-itsm-mcp", "gym-depot-mcp"}
