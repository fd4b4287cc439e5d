"""axe-core: what of the WCAG a program can see. npm fetches it once, pinned by its lock."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from playwright.async_api import Page

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

# What breaks a rule: which rule, the element, and what axe says is wrong with it.
_RUN = """
async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`));
}
"""


def _version(package: Path) -> str:
    try:
        return str(json.loads(package.read_text())["version"])
    except FileNotFoundError:
        return ""


def script() -> str | None:
    """axe-core as JavaScript, fetched when it is not there; None where that cannot be done."""
    lock: dict[str, Any] = json.loads((HERE / "package-lock.json").read_text())
    wanted = lock["packages"]["node_modules/axe-core"]["version"]
    if _version(AXE / "package.json") != wanted:
        npm = shutil.which("npm")
        if npm is None:
            return None
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, capture_output=True, timeout=100, check=False)
        if _version(AXE / "package.json") != wanted:
            return None
    return (AXE / "axe.min.js").read_text()


async def violations(page: Page, axe: str) -> list[str]:
    """What on this page breaks a rule of WCAG 2.1 A or AA, as far as a program can see."""
    await page.evaluate(axe)
    found: list[str] = await page.evaluate(_RUN, RULES)
    return found
