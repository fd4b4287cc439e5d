"""Finding the homeserver: each wrong address is told apart from the others."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.matrix.discovery import find
from bot.errors import StartError

pytestmark = pytest.mark.slow

Serves = Callable[..., Awaitable[str]]
VERSIONS = "/_matrix/client/versions"
WELL_KNOWN = "/.well-known/matrix/client"


@pytest.fixture
async def serves() -> AsyncIterator[Serves]:
    """A web server that gives these answers; gives its name and port."""
    running: list[web.AppRunner] = []

    async def serve(answers: dict[str, object], tls: ssl.SSLContext | None = None) -> str:
        async def answer(request: web.Request) -> web.Response:
            found = answers.get(request.path)
            if found is None:
                return web.Response(status=404, text="<html>no such page</html>")
            return web.json_response(found)

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        running.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        return f"127.0.0.1:{runner.addresses[0][1]}"

    yield serve
    for runner in running:
        await runner.cleanup()


async def test_an_address_that_answers(serves: Serves) -> None:
    name = await serves({VERSIONS: {"versions": ["v1.11"]}})
    assert await find(f" http://{name}/ ") == f"http://{name}"


async def test_a_web_page_is_no_homeserver(serves: Serves) -> None:
    name = await serves({"/": {"element": "web"}})
    with pytest.raises(StartError, match="is no Matrix homeserver") as caught:
        await find(f"http://{name}")
    assert "Help & About" in str(caught.value)


async def test_nothing_answers(unused_tcp_port: int) -> None:
    with pytest.raises(StartError, match=r"Nothing answers at 127\.0\.0\.1"):
        await find(f"http://127.0.0.1:{unused_tcp_port}")


async def test_a_name_that_is_nobodys() -> None:
    # "invalid" is reserved for names that never resolve (RFC 2606).
    with pytest.raises(StartError, match=r"no server of the name exmaple\.invalid"):
        await find("exmaple.invalid")


@pytest.mark.parametrize("typed", ["", "@circle:example.org", "ftp://x.org", "my server", "a/b"])
async def test_what_is_no_address_at_all(typed: str) -> None:
    with pytest.raises(StartError, match="That is no address of a homeserver"):
        await find(typed)


async def test_a_certificate_that_nobody_vouches_for(serves: Serves, tmp_path: Path) -> None:
    name = await serves({VERSIONS: {"versions": []}}, _tls(tmp_path))
    with pytest.raises(StartError, match="not with a valid certificate"):
        await find(name)


async def test_a_name_leads_to_where_it_says(serves: Serves, tmp_path: Path) -> None:
    # given a homeserver, and a name that says where that is
    there = await serves({VERSIONS: {"versions": ["v1.11"]}})
    told = {WELL_KNOWN: {"m.homeserver": {"base_url": f"http://{there}/"}}}
    name = await serves(told, _tls(tmp_path))
    # when the machine trusts the name's certificate
    assert await _found_by_another_process(name, tmp_path) == f"http://{there}"
    # and a name that says nothing is asked itself, and one that talks nonsense is told
    name = await serves({VERSIONS: {"versions": ["v1.11"]}}, _tls(tmp_path))
    assert await _found_by_another_process(name, tmp_path) == f"https://{name}"
    name = await serves({WELL_KNOWN: {"m.homeserver": "here"}}, _tls(tmp_path))
    assert "what it says makes no sense" in await _found_by_another_process(name, tmp_path)


async def _found_by_another_process(name: str, folder: Path) -> str:
    # Which certificates are trusted is read once, when the library is loaded.
    code = (
        "import asyncio, sys\n"
        "from adapters.matrix.discovery import find\n"
        "try: print(asyncio.run(find(sys.argv[1])))\n"
        "except Exception as error: print(error)\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, name),
        env={**os.environ, "SSL_CERT_FILE": str(folder / "cert.pem")},
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    told, _ = await process.communicate()
    return told.decode().strip()


def _tls(folder: Path) -> ssl.SSLContext:
    """A certificate of our own making, for 127.0.0.1."""
    certificate, key_file = folder / "cert.pem", folder / "key.pem"
    if not certificate.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
            )
            .sign(key, hashes.SHA256())
        )
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key_file)
    return context
