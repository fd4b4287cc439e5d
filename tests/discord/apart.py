"""The command line in a process of its own, on the stand-in of a test.

python -m tests.discord.apart HTTP-ADDRESS GATEWAY-ADDRESS run
"""

from __future__ import annotations

import sys

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.__main__ import main

if __name__ == "__main__":
    Route.BASE = sys.argv[1]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sys.argv[2])
    sys.argv = ["circlekeeper", *sys.argv[3:]]
    main()
