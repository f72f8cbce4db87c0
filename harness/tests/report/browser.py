# SPDX-License-Identifier: GPL-2.0
"""Debian's Chromium, without a screen, and without network."""

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains

# Root needs no-sandbox; /dev/shm may be small.
FLAGS = (
    *("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"),
    *("disable-background-networking", "host-resolver-rules=MAP * ~NOTFOUND"),
)


class Browser:
    """One window; `folder` is that of the report."""

    def __init__(self, folder):
        options = webdriver.ChromeOptions()
        for flag in FLAGS:
            options.add_argument(f"--{flag}")
        options.binary_location = "/usr/bin/chromium"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.folder = folder

    def quit(self):
        self.driver.quit()

    def window(self, width, scheme="light"):
        """As wide as this; a phone is narrow."""
        size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})

    def open(self, path="index.html"):
        """A page, anew; what it complains about."""
        self.driver.get("about:blank")
        self.driver.get(f"file://{self.folder}/{path}")
        return self.driver.get_log("browser")

    @property
    def path(self):
        """What is shown, from the first folder."""
        return self.driver.current_url.partition(f"{self.folder}/")[2]

    def run(self, script):
        """What a script returns."""
        return self.driver.execute_script(f"return {script}")

    def wait(self, script):
        """Until this is true: how long is no matter."""
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.driver, 600, 0.05).until(lambda _: self.run(script))

    def press(self, *keys):
        """Keys, one after the other, wherever the focus is."""
        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(key).perform()

    def names(self):
        """What a screen reader says: (role, name) of all that can be used, and of headings."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = ("link", "button", "checkbox", "combobox", "searchbox", "textbox", "heading")
        found = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if "role" in node]
        return [(role, name) for role, name in found if role in roles]
