"""RFC 9180's own vector for the suite that seals to a key-holder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Vector:
    """One sealed text, with everything that opens it."""

    private: bytes
    public: bytes
    info: bytes
    additional: bytes
    sealed: bytes
    plain: bytes


def vector() -> Vector:
    """The vector of base mode, X25519, HKDF-SHA256 and AES-256-GCM."""
    found: Any = json.loads((Path(__file__).parent / "rfc9180.json").read_text())
    [first] = found["encryptions"]
    return Vector(
        private=bytes.fromhex(found["skRm"]),
        public=bytes.fromhex(found["pkRm"]),
        info=bytes.fromhex(found["info"]),
        additional=bytes.fromhex(first["aad"]),
        sealed=bytes.fromhex(found["enc"] + first["ct"]),
        plain=bytes.fromhex(first["pt"]),
    )
