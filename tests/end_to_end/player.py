"""Player: the one person who plays the sandbox in a browser, by role and accessible name only."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.async_api import Download, Locator, Page, expect


class Player:
    """The page as a whole."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def pane(self, name: str) -> Pane:
        """Somebody's pane ("Moderator Ana", or just "Ana"), brought into sight."""
        people = self.page.get_by_role("navigation", name="People")
        chip = people.get_by_role("button", name=re.compile(rf"\b{re.escape(name)}\b"))
        if await chip.get_attribute("aria-pressed") != "true":
            await chip.click()
        await expect(chip).to_have_attribute("aria-pressed", "true")
        # The role in a pane's name changes when somebody is let in; the person stays.
        who = re.compile(rf"(^|\s){re.escape(name.split()[-1])}$")
        found = self.page.get_by_role("main").get_by_role("region", name=who)
        await expect(found).to_be_visible()
        return Pane(self.page, found)

    async def pushes_time(self, by: timedelta) -> None:
        """Press the clock's buttons until this much time has passed."""
        clock = self.page.get_by_role("group", name="Clock")
        seconds = int(by.total_seconds())
        for label, size in (("+1 day", 86_400), ("+1 hour", 3_600), ("+1 minute", 60)):
            for _ in range(seconds // size):
                await clock.get_by_role("button", name=label, exact=True).click()
            seconds %= size

    async def lets_somebody_arrive(self) -> None:
        """Somebody new comes into the lobby. Their pane takes the place of the oldest one."""
        people = self.page.get_by_role("navigation", name="People").get_by_role("button")
        before = await people.count()
        await self.page.get_by_role("button", name="Someone new arrives").click()
        await expect(people).to_have_count(before + 1)

    async def takes_right_away(self, right: str, room: str) -> None:
        """Take a right of the bot away ("Remove messages" in "Evening circle")."""
        await self._sets_right(right, room, given=False)

    async def gives_right_back(self, right: str, room: str) -> None:
        """Give the bot a right that it lacks."""
        await self._sets_right(right, room, given=True)

    async def _sets_right(self, right: str, room: str, *, given: bool) -> None:
        await self.page.get_by_role("button", name="Rights and roles").click()
        dialog = self.page.get_by_role("dialog", name="Rights and roles")
        await dialog.get_by_role("checkbox", name=f"{right} in {room}").set_checked(given)
        await dialog.get_by_role("button", name="Done").click()

    async def gives_role(self, name: str, role: str) -> None:
        """Make somebody a member, a moderator or an admin."""
        await self.page.get_by_role("button", name="Rights and roles").click()
        dialog = self.page.get_by_role("dialog", name="Rights and roles")
        await dialog.get_by_role("combobox", name=name).select_option(role)
        await dialog.get_by_role("button", name="Done").click()
        chip = re.compile(rf"^{role} {re.escape(name)}\b", re.IGNORECASE)
        people = self.page.get_by_role("navigation", name="People")
        await expect(people.get_by_role("button", name=chip)).to_be_visible()

    async def starts_over(self) -> None:
        """Forget everything."""
        await self.page.get_by_role("button", name="Start over").click()
        dialog = self.page.get_by_role("dialog", name="Start over?")
        await dialog.get_by_role("button", name="Forget everything").click()
        await expect(dialog).to_be_hidden()
        await expect(self.page.get_by_role("button", name="Newcomer Wren")).to_be_visible()


class Pane:
    """One person's pane."""

    def __init__(self, page: Page, region: Locator) -> None:
        self.page = page
        self.region = region

    async def opens(self, room: str) -> None:
        """Go to a room."""
        tab = self.region.get_by_role("tab", name=re.compile(rf"^{re.escape(room)}\b"))
        await tab.click()
        await expect(tab).to_have_attribute("aria-selected", "true")

    async def _rooms(self) -> list[str]:
        """The rooms that are open to this person now, without unread marks."""
        names = "tabs => tabs.map(tab => tab.getAttribute('aria-label'))"
        found: list[str] = await self.region.get_by_role("tab").evaluate_all(names)
        return [name.split(",")[0] for name in found]

    async def types(self, text: str) -> None:
        """Write something into the box below the open room and send it, whatever it becomes."""
        await self.region.get_by_role("textbox", name=re.compile("^Write in ")).fill(text)
        await self.presses("Send")

    async def writes(self, text: str) -> None:
        """Write in the open room."""
        await self.types(text)
        await self.sees(text.strip().split("\n")[0])

    async def has_rooms(self, *names: str) -> None:
        """Wait until exactly these rooms are open to this person."""
        await expect(self.region.get_by_role("tab")).to_have_text(list(names))

    async def presses(self, label: str, at: str | None = None) -> None:
        """Press the newest button with this label, or the one at the message with a text."""
        if at is None:
            await self.region.get_by_role("button", name=label, exact=True).click()
            return
        # An older button is called "Show, message 14".
        name = re.compile(rf"^{re.escape(label)}(, message \d+)?$")
        await self.message(at).get_by_role("button", name=name).click()

    async def runs(self, command: str, **fields: str) -> None:
        """Choose a command from the list and fill its form by the fields' labels."""
        # The same button closes a list that the command before left open for a moment.
        shut = self.region.get_by_role("button", name="Commands", exact=True, expanded=False)
        await shut.click()
        panel = self.region.get_by_role("region", name="Commands")
        # What this person may not do is named so: "Status for moderators, command".
        name = re.compile(rf"^{re.escape(command)}( for \w+)?, command$")
        button = panel.get_by_role("button", name=name)
        if not await button.count():
            # What this person may not do is folded away.
            await panel.get_by_text(re.compile("^What .* can do$")).click()
        await button.click()
        if fields:
            await self.fills(**fields)

    async def fills(self, **fields: str) -> None:
        """Fill the newest form by its labels (`Why_it_goes`) and send it."""
        form = self.region.get_by_role("form", name=re.compile("^Form: ")).last
        for label, value in fields.items():
            starts = re.escape(label.replace("_", " "))
            field = form.get_by_label(re.compile(rf"^{starts}", re.IGNORECASE))
            kind = await field.evaluate("element => element.tagName")
            if kind == "SELECT":
                await field.select_option(label=value)
            else:
                await field.fill(value)
        await self.sends(form)

    async def sends(self, form: Locator) -> None:
        """Press a form's own button: it has the name of the command."""
        name = (await form.get_attribute("aria-label") or "").removeprefix("Form: ")
        await form.get_by_role("button", name=name.capitalize(), exact=True).click()

    async def does(self, action: str, at: str) -> None:
        """Open a message's actions and take one ("Remove", "Let go") at the message with a text."""
        message = self.message(at)
        more = message.get_by_role("button", name=re.compile("^More"))
        if await more.get_attribute("aria-expanded") != "true":
            await more.click()
        name = re.compile(rf"^{re.escape(action)}, message ")
        await message.get_by_role("button", name=name).click()

    def message(self, text: str) -> Locator:
        """The newest message that holds a text."""
        return self.region.get_by_role("article").filter(has_text=text).last

    async def sees(self, text: str) -> None:
        """Wait for a text in the open room."""
        await expect(self.message(text)).to_be_visible()

    async def words_of(self, text: str) -> str:
        """All that the newest message with a text says; for one that stays as it is."""
        return await self.message(text).inner_text()

    async def sees_no(self, text: str) -> None:
        """Wait until a text is not there."""
        await expect(self.region.get_by_role("article").filter(has_text=text)).to_have_count(0)

    async def sees_alone(self, text: str) -> None:
        """Wait for a text that is marked as for this person's eyes only."""
        await self.sees(text)
        await expect(self.message(text)).to_contain_text("Only you can see this")

    async def counts(self, text: str, count: int) -> None:
        """Wait until a text stands in so many messages of the open room."""
        await expect(self.region.get_by_role("article").filter(has_text=text)).to_have_count(count)

    async def reads_everything(self, *, but: str | None = None) -> str:
        """All there is in this pane, in every room but one: words, names for the ear, the rest."""
        said = []
        for room in await self._rooms():
            if room != but:
                await self.opens(room)
                said.append(await self.region.inner_html())
        return "\n".join(said)

    async def lock_screen(self, line: str) -> None:
        """Wait for a line on the lock screen."""
        shown = self.region.get_by_role("status").filter(has_text="On the lock screen")
        await expect(shown).to_contain_text(line)

    async def downloads(self, name: str) -> Download:
        """Download a file that was offered."""
        async with self.page.expect_download() as coming:
            await self.region.get_by_role("link", name=re.compile(name)).last.click()
        return await coming.value
