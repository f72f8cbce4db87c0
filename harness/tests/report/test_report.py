# SPDX-License-Identifier: GPL-2.0
"""The pages of `make report`: as texts, and in a browser."""

import json
import re
import subprocess

import pytest
from browser import Browser
from made import ALONE, FAILED, HOSTILE, MESSAGE, PROFILE, QUIRK, UNDECIDED, call, reason, results
from markupsafe import escape
from selenium.webdriver.common.keys import Keys
from texts_of_pages import Form, Page, all_pages
from vmxcheck.image import BUILD
from vmxcheck.report import items, names, pages
from vmxcheck.results import read
from vmxcheck.topics import evidence

pytestmark = pytest.mark.slow

# What the first page may cost a browser: it opens at once then.
MOST_BYTES, MOST_NODES = 300_000, 6000
PICTURES = BUILD / "pictures"
SHOWN = [
    *("index.html", "table.html", "quirks.html", "other.html", "exit/30.html", "area/4-checks.html"),
    *("case/exits/io.html#p-in_al_imm", "guest/prot/io.html", "control/proc.hlt_exiting.html"),
]


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The folders of two results."""
    return results(tmp_path_factory.mktemp("given"))


@pytest.fixture(scope="module")
def report(given, tmp_path_factory):
    """The report of them."""
    output = tmp_path_factory.mktemp("out put")
    said = call("--output", output, *given)
    assert said == (0, f"{output}/report/index.html\n", "")
    assert [path.name for path in output.iterdir()] == ["report"]
    return output / "report"


@pytest.fixture(scope="module")
def texts(report):
    return all_pages(report)


def has(texts, path, *some):
    for text in some:
        assert text in texts[path].text, (path, text)


def test_links_lead_somewhere(report, texts):
    """Each to a file of the report, and an anchor in it; so do those of the search."""
    ids = {path: set(page.ids) for path, page in texts.items()}
    entries, points = re.fullmatch(
        r"const ENTRIES = (.*);\nconst POINTS = (.*);\n", (report / "search.js").read_text()
    ).groups()
    search = {texts["index.html"].target(url) for *_, url in json.loads(entries)}
    wrong = []
    for path, links in [*((path, page.links) for path, page in texts.items()), ("search.js", search)]:
        for target, anchor in links:
            if anchor and anchor not in ids.get(target, ()) or not (target in ids or (report / target).is_file()):
                wrong.append((path, target, anchor))
    assert wrong == []
    for case, values in json.loads(points).items():
        assert {f"p-{value}" for value in values} <= ids[f"case/{case}.html"]


def test_ids_are_unique(texts):
    for path, page in texts.items():
        assert len(set(page.ids)) == len(page.ids), path


def test_all_is_reached(texts):
    """From the first page, by links alone; and with it each point and each cell."""
    seen, waiting = set(), ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in texts and path not in seen:
            seen.add(path)
            waiting += {target for target, _ in texts[path].links}
    assert seen == set(texts)
    for name in evidence.points():
        assert names.anchor(name) in texts[f"case/{name.partition('[')[0]}.html"].ids, name
    for part in items.maps():
        for item in part.items:
            assert texts["index.html"].target(item.url) in texts["index.html"].links


def test_cells(tables, texts):
    """Each exit, control and field of the tables has one, and each check."""
    kinds = {part.id: [item.key for item in part.items if item.kind != "exception"] for part in items.maps()}
    assert kinds["exits"] == list(tables.EXITS)
    assert sorted(kinds["controls"]) == sorted(tables.CONTROLS)
    assert sorted(kinds["fields"]) == sorted(tables.FIELDS)
    assert len(kinds["checks"]) > 200
    # Failed in A, passed in B
    has(texts, "index.html", '<a href="exit/30.html" class="f" title="30: I/O instruction" data-o="fp">30 io</a>')


def test_form(texts):
    """Of each kind of page, and of one case in twenty."""
    cases = [path for path in texts if path.startswith("case/")]
    some = [path for path in texts if path not in cases] + cases[::20]
    wrong = {path: Form(texts[path].text).mistakes for path in some}
    assert {path: mistakes for path, mistakes in wrong.items() if mistakes} == {}
    assert Form("<p><b></p>").mistakes and Form("<p>").mistakes and Form('<p id="a" id="b"></p>').mistakes


def test_no_network(report, texts):
    for text in [page.text for page in texts.values()] + [path.read_text() for path in report.glob("*.[cj]s*")]:
        assert not re.search(r"""(?:src|href)="(?:\w+:)?//|@import|url\(|\bfetch\(|XMLHttp""", text)


def test_what_came(texts):
    """A failure with all that is known of it, a quirk with its reason, a point that did not run."""
    escaped = MESSAGE.replace("<", "&lt;").replace(">", "&gt;")
    has(texts, "case/exits/io.html", escaped, "got_means", "IN, 1 byte", "pc 0x1\nax 0x2")
    why = reason()
    has(texts, f"case/{QUIRK}.html", "quirks.html#w", "<em>Right:</em>", str(escape(why.right)))
    has(texts, "quirks.html", str(escape(why.because)), f'href="case/{QUIRK}.html#p-"')
    has(texts, f"case/{ALONE}.html", '<b class="o p">passed</b>', '<b class="o s">not run</b>')
    has(texts, f"case/{UNDECIDED}.html", '<b class="o u">undecided</b>', "the processor below refused")
    has(texts, "case/exits/hlt.html", "needs a &lt; b", '<a href="../../guest/pae/hlt.html#l-hlt">$hlt</a>', "HLT")
    has(texts, "other.html", PROFILE, "&lt;script&gt;alert(1)&lt;/script&gt;/../../x")
    has(texts, "control/proc.hlt_exiting.html", "other.html#o-0")
    has(texts, "index.html", "Bochs 3.0, &lt;arrow_lake&gt;", "another &amp; processor")
    assert not [path for path, page in texts.items() if HOSTILE in page.text]


def test_who_passes_what(texts):
    """What differs comes first, and of that the worst."""
    text = texts["table.html"].text
    rows = re.findall(r'<tr(?: class="same")?>\n<td.*\n', text)
    said = [re.findall(r'class="o .">([^<]*)<', row) for row in rows]
    same = [one[0] == one[1] for one in said]
    assert said[0] == ["failed", "passed"] and same == sorted(same)
    assert [list(row) for row in said].index(["todo", "passed"]) == 1


def test_one_result(given, tmp_path):
    """There is nothing to compare then."""
    one = pages.Pages(tmp_path, [read(given[0])])
    pages.write_index(one)
    page = Page(tmp_path, "index.html")
    assert "data-o" not in page.text and 'id="differ"' not in page.text
    assert 'class="f" title="30: I/O instruction">30 io</a>' in page.text


# Bad input: what is there before, the words, what is said
REFUSED = [
    ("", ["/nowhere"], "/nowhere: No such file or directory"),
    ("", ["/etc/passwd"], "/etc/passwd: this is neither TAP nor"),
    ("", [], "there are no results in it"),
    ("mkdir out/report; echo mine >out/report/mine", [], "/out/report: this is no report, and is left alone"),
    ("echo mine >out/report", [], "/out/report: this is no folder, and is left alone"),
    ("ln -s /etc out/report", [], "/out/report: this is no folder, and is left alone"),
    ("printf 'TAP version 13\n1..1\nok 1 - a\nok 1 - a\n' >x", ["x"], "x: a came 2 times"),
]


@pytest.mark.parametrize("before, words, message", REFUSED)
def test_refused(given, tmp_path, monkeypatch, before, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    subprocess.run(["sh", "-c", before], check=True)
    kept = sorted(tmp_path.rglob("*"))
    if "report" in message:
        words = [given[0]]
    status, out, err = call("--output", "out", *words)
    assert (status, out) == (2, "")
    assert message in err and len(err.splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == kept


def test_nothing_is_half_written(report, given, monkeypatch):
    """If the disk is full, the report that was there stays."""

    def write(folder, every):
        (folder / "index.html").write_text("x")
        raise OSError(28, "No space left on device", str(folder / "index.html"))

    monkeypatch.setattr(pages, "write", write)
    before = (report / "index.html").read_text()
    status, _, err = call("--output", report.parent, *given)
    assert status == 2 and err.endswith("index.html: No space left on device\n")
    assert (report / "index.html").read_text() == before
    assert [path.name for path in report.parent.iterdir()] == ["report"]


# In a browser


@pytest.fixture(scope="module")
def browser(report):
    one = Browser(report)
    yield one
    one.quit()


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "dark")])
def test_shown(browser, width, scheme):
    """Nothing complains, nothing is wider than the window, headings have their order; and there
    are pictures."""
    PICTURES.mkdir(exist_ok=True)
    browser.window(width, scheme)
    for path in SHOWN:
        assert browser.open(path) == [], path
        assert browser.run("document.documentElement.scrollWidth <= innerWidth"), path
        levels = browser.run("[...document.querySelectorAll('main :is(h1, h2, h3)')].map(one => +one.tagName[1])")
        assert levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), path
        picture = PICTURES / f"{path.partition('.html')[0].replace('/', '-')}-{width}.png"
        assert browser.driver.save_screenshot(str(picture))


def test_is_small(browser, report):
    """The first page opens at once: what it takes is counted, since time depends on the machine."""
    browser.window(1280)
    browser.open()
    loads = "[...document.querySelectorAll('[src], link[rel=stylesheet]')].map(one => one.getAttribute('src') || one.getAttribute('href'))"
    assert sorted(browser.run(loads)) == ["report.css", "report.js"]
    assert sum((report / name).stat().st_size for name in ("index.html", *browser.run(loads))) < MOST_BYTES
    assert browser.run("document.querySelectorAll('*').length") < MOST_NODES
    print("ms:", browser.run("performance.getEntriesByType('navigation')[0].loadEventEnd"))


def test_search(browser):
    browser.open()
    browser.press("/")
    assert browser.run("document.activeElement.id") == "search"
    browser.press("hlt exiting")
    browser.wait("document.querySelectorAll('#found a').length")
    assert browser.run("document.querySelector('#count').textContent").endswith(" found")
    assert "proc.hlt_exiting" in browser.run("document.querySelector('#found a').textContent")
    browser.press(Keys.ARROW_DOWN)
    assert browser.run("document.activeElement === document.querySelector('#found a')")
    browser.press(Keys.ENTER)
    browser.wait("location.pathname.endsWith('proc.hlt_exiting.html')")
    # From there, a point
    browser.press("/", FAILED)
    browser.wait("document.querySelectorAll('#found a').length")
    browser.press(Keys.ENTER)
    browser.wait("location.pathname.endsWith('case/exits/io.html')")
    assert browser.run("document.getElementById('p-in_al_imm').open")
    assert not browser.run("document.getElementById('p-in_ax_dx').open")
    browser.press("/", "no such thing")
    browser.wait("document.querySelector('#count').textContent === 'nothing found'")
    browser.press(Keys.ESCAPE)
    assert browser.run("document.querySelector('#search').value + document.querySelector('#found').textContent") == ""


CELLS = "[...document.querySelectorAll('.cells a')].filter(one => one.offsetParent).map(one => one.getAttribute('href'))"


def click(browser, selector):
    browser.run(f"document.querySelector({json.dumps(selector)}).click()")


def test_filters(browser):
    browser.open()
    every = browser.run(CELLS)
    for letter in "tpusn":
        click(browser, f"[name=outcome][value={letter}]")
    failed = browser.run(CELLS)
    assert "exit/30.html" in failed and "exit/12.html" not in failed and 0 < len(failed) < 40
    assert browser.run("document.querySelector('#shown').textContent") == f"{len(failed)} of {len(every)} cells"
    # In the second result nothing has failed.
    browser.run("(side => { side.value = '1'; side.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('#side'))")
    assert browser.run(CELLS) == []
    for letter in "tpusn":
        click(browser, f"[name=outcome][value={letter}]")
    assert browser.run(CELLS) == every
    click(browser, "#differ")
    assert "exit/30.html" in browser.run(CELLS) and "exit/12.html" not in browser.run(CELLS)
    click(browser, "#differ")
    browser.run("document.querySelector('#part').focus()")
    browser.press("rdmsr")
    found = browser.run(CELLS)
    assert "exit/31.html" in found and len(found) < 8


def test_narrow(browser):
    """Of a long table the rows with a text, or what differs."""
    count = "[...document.querySelectorAll('.who .names > li')].filter(one => one.checkVisibility()).length"
    browser.open("table.html")
    browser.run("document.querySelector('.narrow input').focus()")
    browser.press("exits/io")
    found = browser.run(count)
    assert 0 < found < 20
    click(browser, "#differ")
    assert 0 < browser.run(count) < found


def test_keyboard(browser):
    """The first Tab is to the content; in the map a list is one stop, and has arrow keys."""
    browser.window(1280)
    browser.open()
    browser.press(Keys.TAB)
    assert browser.run("document.activeElement.className") == "skip"
    browser.run("document.querySelector('.cells a').focus()")
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.run("document.activeElement.getAttribute('href')") == "exit/2.html"
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ARROW_LEFT)
    assert browser.run("document.activeElement.getAttribute('href')") == "exit/1.html"
    browser.press(Keys.END, Keys.HOME)
    assert browser.run("document.activeElement.getAttribute('href')") == "exit/0.html"
    browser.press(Keys.TAB)
    assert browser.run("document.activeElement.getAttribute('href')") == "exception/0.html"
    browser.press(Keys.ENTER)
    browser.wait("location.pathname.endsWith('exception/0.html')")


def test_screen_reader(browser):
    """All that can be used has a name, and a cell says its outcome."""
    for path in ("exit/30.html", "case/exits/io.html", "index.html"):
        browser.open(path)
        found = browser.names()
        assert [role for role, name in found if not name.strip()] == [], path
    assert ("link", "30 io failed") in found, [name for _, name in found if "30" in name]


# WCAG 2's contrast of a text with what is behind it
CONTRAST = """(() => {
	const light = (color) => {
		const parts = color.match(/[\\d.]+/g).slice(0, 3).map((n) => n / 255)
			.map((n) => n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
		return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
	};
	const behind = (one) => {
		for (; one; one = one.parentElement) {
			const color = getComputedStyle(one).backgroundColor;
			if (!/, 0\\)$/.test(color))
				return color;
		}
	};
	return [...document.querySelectorAll('main *')].filter((one) => one.checkVisibility() &&
		[...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())).filter((one) => {
			const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => b - a);
			return (a + 0.05) / (b + 0.05) < 4.5;
		}).map((one) => `${one.className} ${one.textContent.slice(0, 20)}`).slice(0, 5);
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, scheme):
    browser.window(1280, scheme)
    for path in ("index.html", "case/exits/io.html"):
        browser.open(path)
        assert browser.run(CONTRAST) == [], path


def test_theme_is_kept(browser):
    browser.window(1280, "light")
    browser.open()
    color = "getComputedStyle(document.documentElement).backgroundColor"
    light = browser.run(color)
    click(browser, "#theme")
    dark = browser.run(color)
    assert dark != light
    browser.open("table.html")
    assert browser.run(color) == dark
    click(browser, "#theme")


def test_without_scripts(browser):
    """The pages can be read; what does not work is not there."""
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open()
        found = browser.names()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert ("link", "30 io") in found
    assert not {role for role, _ in found} & {"searchbox", "button", "combobox", "checkbox"}
