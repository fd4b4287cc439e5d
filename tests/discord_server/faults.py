"""What goes wrong when a test says so: answers that fail, come late, or get lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Fault:
    """What happens to requests that fit.

    `status`: answered instead, with `code` and nothing done. `delay`: seconds before anything.
    `lost`: done, but the connection breaks before the answer. `times`: how often; None: always.
    """

    method: str
    template: str
    status: int | None = None
    code: int = 0
    delay: float = 0.0
    lost: bool = False
    via: bool = True
    retry_after: float = 0.05
    times: int | None = 1
    only: Callable[[dict[str, str]], bool] = lambda ids: True

    def takes(self, method: str, template: str, ids: dict[str, str]) -> bool:
        """Whether it happens to this request; counts it if so."""
        fits = method == self.method and template == self.template and self.only(ids)
        if not fits or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def body(self) -> dict[str, Any]:
        """The JSON of the answer that is given instead."""
        if self.status == 429:
            words = "You are being rate limited."
            return {"message": words, "retry_after": self.retry_after, "global": False}
        return {"message": f"{self.status}: a fault of the test", "code": self.code}


@dataclass(slots=True)
class Faults:
    """The faults that are planted now."""

    planted: list[Fault] = field(default_factory=list)

    def plant(self, method: str, template: str, **what: Any) -> Fault:
        """Make requests fail: `plant("GET", "/users/@me", status=502)`."""
        fault = Fault(method, template, **what)
        self.planted.append(fault)
        return fault

    def of(self, method: str, template: str, ids: dict[str, str]) -> Fault | None:
        """What happens to a request, if anything."""
        return next((each for each in self.planted if each.takes(method, template, ids)), None)
