"""A module of Synapse, in the venv of Synapse: a crowd that writes faster than a client could.

Sent one by one, messages cost Synapse 25 ms each; made in one go, a fraction of that. For whoever
follows the room they are messages like others.
"""

from typing import Any

from synapse.http.server import DirectServeJsonResource  # type: ignore[import-not-found]
from synapse.http.servlet import parse_json_object_from_request  # type: ignore[import-not-found]
from synapse.types import UserID, create_requester  # type: ignore[import-not-found]

PATH = "/_test/crowd"


class Crowd:
    """Answers at `PATH`, where it is told `room`, `sender`, `type` and `contents` of the events."""

    def __init__(self, _config: object, api: Any) -> None:
        api.register_web_resource(PATH, _Resource(api._hs))


class _Resource(DirectServeJsonResource):  # type: ignore[misc]
    def __init__(self, server: Any) -> None:
        super().__init__(clock=server.get_clock())
        self._handler = server.get_event_creation_handler()

    async def _async_render_POST(self, request: Any) -> tuple[int, dict[str, object]]:  # noqa: N802
        asked = parse_json_object_from_request(request)
        about = {"type": asked["type"], "room_id": asked["room"], "sender": asked["sender"]}
        await self._handler.create_and_send_new_client_events(
            create_requester(UserID.from_string(asked["sender"])),
            room_id=asked["room"],
            prev_event_id=None,
            event_dicts=[{**about, "content": content} for content in asked["contents"]],
            ratelimit=False,
        )
        return 200, {}
