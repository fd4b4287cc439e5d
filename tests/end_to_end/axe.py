"""axe-core: what of the WCAG a program can see. npm fetches it once, pinned by its lock."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests import node

HERE = Path(__file__).parent
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


def script() -> str | None:
    """axe-core as JavaScript, fetched when it is not there; None where that cannot be done."""
    if not node.has_packages(HERE):
        return None
    return (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text()


async def violations(page: Page, axe: str) -> list[str]:
    """What on this page breaks a rule of WCAG 2.1 A or AA, as far as a program can see."""
    await page.evaluate(axe)
    found: list[str] = await page.evaluate(_RUN, RULES)
    return found
