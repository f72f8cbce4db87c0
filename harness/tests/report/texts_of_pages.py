# SPDX-License-Identifier: GPL-2.0
"""What is in a page: links, anchors, mistakes of form."""

import html
import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote

VOID = {"meta", "link", "input", "br"}


class Page:
    """A page; `path` is from the first folder."""

    def __init__(self, folder, path):
        self.path = path
        self.text = (folder / path).read_text(encoding="utf-8")
        self.ids = [html.unescape(name) for name in re.findall(r'\sid="([^"]*)"', self.text)]
        found = re.findall(r'\s(?:href|src)="([^"]*)"', self.text)
        self.links = {self.target(html.unescape(url)) for url in found if url != "data:,"}

    def target(self, url):
        """Where it leads: a path from the first folder, and an anchor, or ""."""
        path, _, anchor = url.partition("#")
        joined = os.path.normpath(os.path.join(os.path.dirname(self.path), unquote(path))) if path else self.path
        return joined, unquote(anchor)


def all_pages(folder):
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*.html"))
    return {str(path): Page(folder, str(path)) for path in paths}


class Form(HTMLParser):
    """Whether each element is closed, in its order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.mistakes = [], []
        self.feed(text)
        self.close()
        self.mistakes += [f"{tag} stays open" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(set(names)) < len(names):
            self.mistakes.append(f"{tag} has {names}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"/{tag} in line {self.getpos()[0]}")
