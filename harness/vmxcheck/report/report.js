// SPDX-License-Identifier: GPL-2.0
// What the pages can do beside being read. Without it all is there but the search and the filters.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const root = document.body.dataset.root;
const OUTCOMES = {f: "failed", t: "todo", p: "passed", u: "undecided", s: "never run here", n: "no case"};
const WORST = Object.keys(OUTCOMES);

/* Light or dark: as the system has it, until the button is pressed. */
function startTheme() {
	const button = $("#theme");
	const set = (scheme) => { document.documentElement.style.colorScheme = scheme; };
	const kept = (value) => {
		try {
			if (value)
				localStorage.setItem("scheme", value);
			return localStorage.getItem("scheme");
		} catch {
			return null;
		}
	};
	const dark = () => (document.documentElement.style.colorScheme ||
		(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
	if (kept())
		set(kept());
	button.addEventListener("click", () => {
		set(dark() ? "light" : "dark");
		kept(document.documentElement.style.colorScheme);
	});
	button.hidden = false;
}

/* What an address leads to is opened. */
function openTarget() {
	const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
	if (!target)
		return;
	for (let one = target; one; one = one.parentElement)
		if (one.tagName === "DETAILS")
			one.open = true;
	target.scrollIntoView();
}

/* The search: its entries are loaded when somebody comes to it. */
const MOST = 60;
let loading = null;

function loadEntries() {
	loading ??= new Promise((resolve) => {
		const script = document.createElement("script");
		script.src = `${root}search.js`;
		script.addEventListener("load", () => resolve(ENTRIES));
		document.head.append(script);
	});
	return loading;
}

function rank([kind, name], text) {
	const lower = name.toLowerCase();
	const place = lower === text ? 0 : lower.startsWith(text) ? 1 : lower.includes(text) ? 2 : 3;
	return place * 2 + (kind === "case" || kind === "guest" ? 1 : 0);
}

function search(text) {
	const words = text.split(/\s+/);
	const has = (all) => words.every((word) => all.includes(word));
	const found = ENTRIES.filter(([, name, what]) => has(`${name} ${what}`.toLowerCase()));
	found.sort((a, b) => rank(a, text) - rank(b, text));
	if (text.length > 2)
		for (const [name, values] of Object.entries(POINTS))
			if (text.startsWith(`${name}[`) || !name.includes(text))
				for (const value of values)
					if (has(`${name}[${value}]`.toLowerCase()))
						found.push(["point", `${name}[${value}]`, "",
							`case/${name}.html#${encodeURIComponent(`p-${value}`)}`]);
	return found;
}

function show(found, text) {
	$("#count").textContent = text ? `${found.length || "nothing"} found` : "";
	$("#found").replaceChildren(...found.slice(0, MOST).map(([kind, name, what, url]) => {
		const item = document.createElement("li"), link = document.createElement("a");
		const i = document.createElement("i"), span = document.createElement("span");
		link.href = root + url;
		i.textContent = kind;
		span.textContent = what;
		link.append(i, name, span);
		item.append(link);
		return item;
	}));
}

function startSearch() {
	const form = $("[role=search]"), input = $("#search");
	const close = () => show([], "");
	const find = async () => {
		await loadEntries();
		const text = input.value.trim().toLowerCase();
		show(text ? search(text) : [], text);
	};
	form.hidden = false;
	input.addEventListener("focus", find);
	input.addEventListener("input", find);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		$("#found a")?.click();
	});
	form.addEventListener("keydown", (event) => {
		const links = [input, ...$$("#found a")];
		const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
		if (step) {
			event.preventDefault();
			links[Math.max(0, links.indexOf(document.activeElement) + step)]?.focus();
		} else if (event.key === "Escape") {
			input.value = "";
			input.focus();
			close();
		}
	});
	form.addEventListener("focusout", (event) => {
		if (event.relatedTarget && !form.contains(event.relatedTarget))
			close();
	});
	document.addEventListener("click", (event) => {
		if (!form.contains(event.target))
			close();
	});
	document.addEventListener("keydown", (event) => {
		if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) {
			event.preventDefault();
			input.focus();
		}
	});
}

/* The map: what a cell shows of which result, which cells there are, and the arrow keys. */
function startMap() {
	const form = $("#filter"), cells = $$(".cells a");
	const side = $("#side"), differ = $("#differ"), part = $("#part");
	const boxes = $$("[name=outcome]");
	for (const cell of cells) {
		cell.all = cell.dataset.o ?? cell.className;
		cell.said = cell.textContent;
		cell.word = cell.appendChild(document.createElement("span"));
		cell.word.className = "hide";
		if (new Set(cell.all).size > 1) {
			cell.stripe = cell.appendChild(document.createElement("i"));
			cell.stripe.append(...[...cell.all].map((letter) =>
				Object.assign(document.createElement("b"), {className: letter})));
		}
	}
	const paint = (cell, index) => {
		const letters = [...cell.all];
		cell.className = index ? letters[index] : WORST.find((one) => letters.includes(one));
		cell.word.textContent = OUTCOMES[cell.className];
		if (cell.stripe)
			cell.stripe.hidden = Boolean(index);
	};
	const apply = () => {
		const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
		const text = part.value.trim().toLowerCase();
		let count = 0;
		for (const cell of cells) {
			paint(cell, side?.value);
			const hit = wanted.includes(cell.className) &&
				`${cell.said} ${cell.title}`.toLowerCase().includes(text) &&
				!(differ?.checked && new Set(cell.all).size === 1);
			cell.parentElement.hidden = !hit;
			count += hit;
		}
		for (const list of $$(".cells")) {
			const none = !$("li:not([hidden])", list);
			list.hidden = list.previousElementSibling.hidden = none;
			rove(list);
		}
		for (const map of $$(".map"))
			map.hidden = !$(".cells:not([hidden])", map);
		$("#shown").textContent = `${count} of ${cells.length} cells`;
	};
	form.hidden = false;
	form.addEventListener("input", apply);
	form.addEventListener("submit", (event) => event.preventDefault());
	// What a browser has kept of the form when one comes back is there then.
	addEventListener("pageshow", apply);
	for (const list of $$(".cells"))
		list.addEventListener("keydown", move);
	apply();
}

const visible = (list) => $$("li:not([hidden]) a", list);

/* One cell of a list is reached by Tab, the others by the arrow keys. */
function rove(list, to) {
	const links = visible(list);
	to ??= links.find((link) => link.tabIndex === 0) ?? links[0];
	for (const link of $$("a", list))
		link.tabIndex = link === to ? 0 : -1;
}

function move(event) {
	const links = visible(this), now = links.indexOf(document.activeElement);
	const columns = getComputedStyle(this).gridTemplateColumns.split(" ").length;
	const to = {
		ArrowRight: now + 1, ArrowLeft: now - 1, ArrowDown: now + columns, ArrowUp: now - columns,
		Home: 0, End: links.length - 1,
	}[event.key];
	if (now < 0 || to === undefined || event.ctrlKey || event.altKey || event.metaKey)
		return;
	event.preventDefault();
	if (links[to]) {
		rove(this, links[to]);
		links[to].focus();
	}
}

/* Long lists: only what has a text in it. */
function startNarrow() {
	const form = $(".narrow");
	const rows = $$("section tbody > tr, .who .names > li, .reasons > li, section > .point");
	const known = new Set(rows), differ = $("#differ", form);
	const apply = () => {
		const text = $("input", form).value.trim().toLowerCase();
		let count = 0;
		for (const row of rows) {
			row.hidden = !row.textContent.toLowerCase().includes(text) ||
				Boolean(differ?.checked && row.closest(".same"));
			count += !row.hidden;
		}
		for (const part of $$("main > section, .who tbody > tr")) {
			part.hidden = !$$("li, tr, .point", part).some((row) => known.has(row) && !row.hidden);
			if (text && part.matches("tr"))
				$("details", part).open = true;
		}
		$("[role=status]", form).textContent = `${count} of ${rows.length}`;
	};
	form.hidden = false;
	form.addEventListener("input", apply);
	form.addEventListener("submit", (event) => event.preventDefault());
	addEventListener("pageshow", apply);
}

startTheme();
startSearch();
if ($("#filter"))
	startMap();
if ($(".narrow"))
	startNarrow();
addEventListener("hashchange", openTarget);
openTarget();
