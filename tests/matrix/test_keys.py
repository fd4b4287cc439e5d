"""The crypto store: nothing a device was given is lost, and none of it lies in the clear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from nio.crypto import Olm, OlmDevice, OutgoingKeyRequest
from nio.events import EncryptedToDeviceEvent

from adapters.matrix.client import Client
from adapters.matrix.keys import MESSAGE_KEYS_LAST, START, CryptoStore
from adapters.matrix.transport import Transport
from bot.clock import Clock
from bot.errors import StartError
from bot.store import KeyRing, MasterKey, Store
from bot.store.backups import backup
from bot.store.memory import StoredMemory
from tests.adapters.fakes import Shelf
from tests.homeserver.server import Credentials, Homeserver

BOT, ANA, ROOM = "@circle:test", "@ana-planted:test", "!room:test"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database with a key ring of its own."""
    master = MasterKey.create(tmp_path / "secrets" / "master")
    keys = KeyRing.create(tmp_path / "ring" / "keys.json", master)
    opened = await Store.open(f"sqlite:///{tmp_path}/data/circle.sqlite3", keys)
    yield opened
    await opened.close()


class Device:
    """One device of one account, as nio runs it over our store."""

    def __init__(self, store: CryptoStore) -> None:
        self.store = store
        self.olm = Olm(store.user_id, store.device_id, store)

    @classmethod
    async def new(cls, memory: Shelf | StoredMemory, user: str, name: str) -> Device:
        return cls(await CryptoStore.create(memory, user, name))

    def seen(self) -> OlmDevice:
        keys = dict(self.olm.account.identity_keys)
        return OlmDevice(self.store.user_id, self.store.device_id, keys, display_name="Ana Real")

    def meets(self, other: Device) -> None:
        """Learn the other's device and start a session with it."""
        device = other.seen()
        self.olm.device_store.add(device)
        self.store.save_device_keys({device.user_id: {device.device_id: device}})
        if not other.olm.account.one_time_keys["curve25519"]:
            other.olm.account.generate_one_time_keys(1)
        [key] = other.olm.account.one_time_keys["curve25519"].values()
        self.olm.create_session(key, device.curve25519)

    def gives_its_key(self, other: Device) -> None:
        """Start a room's session and send its key to the other device."""
        self.olm.create_outbound_group_session(ROOM)
        [target] = self.olm.device_store[other.store.user_id].values()
        session = self.olm.outbound_group_sessions[ROOM]
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": ROOM,
            "session_id": session.id,
            "session_key": session.session_key,
        }
        olm_session = self.olm.session_store.get(target.curve25519)
        sealed = self.olm._olm_encrypt(olm_session, target, "m.room_key", content)
        event = EncryptedToDeviceEvent.parse_event(
            {"type": "m.room.encrypted", "sender": self.store.user_id, "content": sealed}
        )
        assert other.olm.decrypt_event(event) is not None
        session.shared = True

    def says(self, text: str) -> dict[str, str]:
        return dict(self.olm.group_encrypt(ROOM, {"type": "m.room.message", "content": text}))

    def reads(self, sealed: dict[str, str], sender: Device) -> str:
        key = sender.olm.account.identity_keys["curve25519"]
        session = self.olm.inbound_group_store.get(ROOM, key, sealed["session_id"])
        return str(session.decrypt(sealed["ciphertext"])[0]) if session else ""


async def test_a_restart_reads_what_came_before_it_and_goes_on(store: Store) -> None:
    # given a bot's device with whom Ana shared her room's key
    memory = StoredMemory(store, "matrix")
    ana = await Device.new(Shelf(), ANA, "PHONE")
    bot = await Device.new(memory, BOT, "BOT")
    ana.meets(bot)
    bot.meets(ana)
    ana.gives_its_key(bot)
    bot.store.save_encrypted_rooms({ROOM})
    request = OutgoingKeyRequest("id", "session", ROOM, "m.megolm.v1.aes-sha2")
    bot.store.add_outgoing_key_request(request)
    bot.olm.account.shared = True
    await bot.store.flush()
    # when it starts anew
    again = Device(await CryptoStore.load(memory))
    # then it is the same device, with all it had
    assert again.olm.account.identity_keys == bot.olm.account.identity_keys
    assert again.olm.account.shared
    assert "before" in again.reads(ana.says("before"), ana)
    assert again.store.load_encrypted_rooms() == {ROOM}
    assert again.olm.outgoing_key_requests == {"id": request}
    # and the sessions go on where they were
    ana.gives_its_key(again)
    assert "after" in again.reads(ana.says("after"), ana)


async def test_one_time_keys_are_kept_before_they_are_published(store: Store) -> None:
    memory = StoredMemory(store, "matrix")
    bot = await Device.new(memory, BOT, "BOT")
    published = bot.olm.share_keys()["one_time_keys"]
    await bot.store.flush()
    # cut off before the homeserver's answer came
    again = Device(await CryptoStore.load(memory))
    kept = again.olm.account.one_time_keys["curve25519"]
    assert {f"signed_curve25519:{name}" for name in kept} == set(published)


async def test_what_is_taken_back_stays_away(store: Store) -> None:
    memory = StoredMemory(store, "matrix")
    bot = await Device.new(memory, BOT, "BOT")
    bot.meets(await Device.new(Shelf(), ANA, "PHONE"))
    request = OutgoingKeyRequest("id", "session", ROOM, "m.megolm.v1.aes-sha2")
    bot.store.add_outgoing_key_request(request)
    bot.store.save_encrypted_rooms({ROOM, "!other:test"})
    await bot.store.flush()
    bot.store.remove_outgoing_key_request(request)
    bot.store.delete_encrypted_room(ROOM)
    bot.store.forget([ANA])
    await bot.store.flush()
    again = Device(await CryptoStore.load(memory))
    assert again.olm.outgoing_key_requests == {}
    assert again.store.load_encrypted_rooms() == {"!other:test"}
    assert again.olm.device_store[ANA] == {}


async def test_keys_that_open_messages_go_after_their_time(store: Store) -> None:
    clock = Clock()
    memory = StoredMemory(store, "matrix", clock)
    ana = await Device.new(Shelf(), ANA, "PHONE")
    bot = await Device.new(memory, BOT, "BOT")
    ana.meets(bot)
    ana.gives_its_key(bot)
    await bot.store.flush()
    clock.shift(MESSAGE_KEYS_LAST + timedelta(days=2))
    again = Device(await CryptoStore.load(memory))
    assert again.reads(ana.says("old"), ana) == ""
    assert again.olm.account.identity_keys == bot.olm.account.identity_keys


async def test_what_could_not_be_written_is_written_next_time() -> None:
    shelf = Shelf()
    bot = await Device.new(shelf, BOT, "BOT")
    bot.meets(await Device.new(Shelf(), ANA, "PHONE"))
    shelf.broken = True
    with pytest.raises(OSError, match="gone"):
        await bot.store.flush()
    shelf.broken = False
    await bot.store.flush()
    again = Device(await CryptoStore.load(shelf))
    assert set(again.olm.device_store[ANA]) == {"PHONE"}
    assert len(list(again.olm.session_store)) == 1


async def test_a_start_never_makes_a_device(store: Store) -> None:
    memory = StoredMemory(store, "matrix")
    with pytest.raises(StartError, match=r"circlekeeper restore.*circlekeeper setup matrix"):
        await CryptoStore.load(memory)
    assert await memory.find(START) == {}


async def test_damaged_keys_say_what_to_do_and_nothing_of_themselves() -> None:
    shelf = Shelf()
    await CryptoStore.create(shelf, BOT, "BOT")
    shelf.values[f"{START}account"] = '{"shared": true, "pickle": "planted"}'
    with pytest.raises(StartError, match="restore") as caught:
        await CryptoStore.load(shelf)
    assert caught.value.__suppress_context__
    assert "planted" not in str(caught.value)


async def test_the_set_up_run_twice_keeps_the_keys() -> None:
    shelf = Shelf()
    first = await Device.new(shelf, BOT, "BOT")
    second = await Device.new(shelf, BOT, "BOT")
    assert second.olm.account.identity_keys == first.olm.account.identity_keys


async def test_a_new_device_still_reads_what_the_old_one_was_given() -> None:
    shelf = Shelf()
    ana = await Device.new(Shelf(), ANA, "PHONE")
    old = await Device.new(shelf, BOT, "OLD")
    ana.meets(old)
    ana.gives_its_key(old)
    await old.store.flush()
    new = await Device.new(shelf, BOT, "NEW")
    assert new.olm.account.identity_keys != old.olm.account.identity_keys
    assert list(new.olm.session_store) == []
    assert "before" in new.reads(ana.says("before"), ana)


async def test_after_an_older_backup_new_keys_can_be_published(homeserver: Homeserver) -> None:
    # given a bot whose keys were backed up
    bot, ana = await homeserver.register("bot"), await homeserver.register("ana")
    shelf = Shelf()
    store = await CryptoStore.create(shelf, bot.user_id, bot.device_id)
    client = Client(homeserver.url, bot.access_token, store)
    await client.crypto.upkeep()
    await store.flush()
    backed_up = dict(shelf.values)
    # when people use them up, it publishes others, and these are used up in their turn
    hers = Transport(homeserver.url, ana.access_token)
    await _use_up(hers, bot, 30)
    client.crypto.receive({"device_one_time_keys_count": {"signed_curve25519": 20}})
    await client.crypto.upkeep()
    await _use_up(hers, bot, 30)
    await client.close()
    # and then the backup is restored
    shelf.values = backed_up
    client = Client(homeserver.url, bot.access_token, await CryptoStore.load(shelf))
    client.crypto.receive({"device_one_time_keys_count": {"signed_curve25519": 20}})
    await client.crypto.upkeep()
    # then people find keys again
    told = await client.transport.request("POST", "/v3/keys/upload", {})
    assert told["one_time_key_counts"]["signed_curve25519"] == 50
    await client.close()
    await hers.close()


async def _use_up(hers: Transport, of: Credentials, count: int) -> None:
    wanted = {"one_time_keys": {of.user_id: {of.device_id: "signed_curve25519"}}}
    for _ in range(count):
        await hers.request("POST", "/v3/keys/claim", wanted)


async def test_neither_database_nor_backup_names_anybody_or_holds_a_key(
    store: Store, tmp_path: Path
) -> None:
    # given a bot that met Ana
    ana = await Device.new(Shelf(), ANA, "PHONE-PLANTED")
    bot = await Device.new(StoredMemory(store, "matrix"), BOT, "BOT")
    ana.meets(bot)
    bot.meets(ana)
    ana.gives_its_key(bot)
    await bot.store.flush()
    # when its database is backed up while it runs
    copy = tmp_path / "copy.sqlite3"
    await backup(f"sqlite+aiosqlite:///{tmp_path}/data/circle.sqlite3", copy)
    # then nothing in either says so
    identity = bot.olm.account.identity_keys["curve25519"]
    for file in [copy, *(tmp_path / "data").iterdir()]:
        held = file.read_bytes()
        for planted in (ANA, "PHONE-PLANTED", "Ana Real", ROOM, identity):
            assert planted.encode() not in held, (file.name, planted)
