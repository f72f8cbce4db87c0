# SPDX-License-Identifier: GPL-2.0
# LC_ALL=C awk [-v planned=FILE] [-v platform=NAME] -f junit.awk RESULTS.TAP: vmxrun's TAP
# as JUnit XML, for CI servers. FILE has the names of the points that were to run, one a
# line, with a tab and how many seconds it took behind it if that is known; who was tested is
# in the TAP, as "# target: WHO".
#
# The seconds are the host's, and its driver knows them; those of an emulator, or of the
# machine itself, would say nothing. The line is the one that failed.

# What XML can't say at all becomes U+FFFD.
function clean(text) {
	gsub(/[\001-\010\013\014\016-\037\200-\377]/, "\357\277\275", text)
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

function attribute(name, text) {
	text = clean(text)
	gsub(/"/, "\\&quot;", text)
	gsub(/\t/, "\\&#9;", text)
	gsub(/\n/, "\\&#10;", text)
	return " " name "=\"" text "\""
}

function property(name, text) {
	return "<property" attribute("name", name) attribute("value", text) "/>"
}

# "\x07" of a quoted text of YAML: what is no printable character of ASCII.
function character(digits) {
	if (digits == "0a")
		return "\n"
	return digits == "09" ? "\t" : "\001"
}

# A text as vmxrun writes it: plain, or in quotes.
function unquote(text,    done, i) {
	if (text !~ /^"/)
		return text
	text = substr(text, 2)
	sub(/"$/, "", text)
	while ((i = index(text, "\\")) > 0) {
		done = done substr(text, 1, i - 1)
		if (substr(text, i + 1, 1) == "x") {
			done = done character(substr(text, i + 2, 2))
			text = substr(text, i + 4)
		} else {
			done = done substr(text, i + 1, 1)
			text = substr(text, i + 2)
		}
	}
	return done text
}

# exits/hlt[real] is of the class exits.hlt, and of the file cases/exits/hlt.case.
function test_case(name, inside,    class, place) {
	class = name
	sub(/\[.*/, "", class)
	if (class ~ /^[^\/]+\/[^\/]+$/ && class !~ /^(profile|vmxcheck)\//)
		place = attribute("file", "cases/" class ".case")
	if (place != "" && match(field["at"], /:[0-9]+$/))
		place = place attribute("line", substr(field["at"], RSTART + 1))
	gsub(/\//, ".", class)
	tests++
	tested[tests] = name
	cases[tests] = "<testcase" attribute("classname", class) attribute("name", name) place
	inner[tests] = ">" inside "</testcase>"
}

function element(tag, message, type, text) {
	count[tag]++
	return "<" tag attribute("message", message) \
		(type == "" ? "" : attribute("type", type)) ">" clean(text) "</" tag ">"
}

# What the YAML says besides the outcome, as properties.
function properties(    inside, words, n, i, k) {
	if ("core" in field)
		inside = property("core", field["core"])
	n = split(field["values"], words, " ")
	for (i = 1; i <= n; i++) {
		k = index(words[i] "=", "=")
		inside = inside property(substr(words[i], 1, k - 1), substr(words[i], k + 1))
	}
	return inside == "" ? "" : "<properties>" inside "</properties>"
}

function outcome(    tag, message) {
	if (directive == "SKIP" && ok)
		return element("skipped", reason)
	if (directive == "TODO" && !ok)
		return element("skipped", reason ~ /^known / ? reason : "known deviation: " reason) \
			"<system-out>" clean(block) "</system-out>"
	if (ok && directive == "")
		return ""
	tag = field["severity"] == "error" ? "error" : "failure"
	message = "message" in field ? field["message"] : "it failed"
	if (ok)
		message = "it passed, but is listed as wrong: " reason
	return element(tag, message, tag, block)
}

# The point is complete when something else comes.
function finish() {
	if (name != "")
		test_case(name, properties() outcome())
	name = block = key = ""
	split("", field)
}

function begin_point(    i) {
	finish()
	ok = /^ok/
	name = $0
	sub(/^(not )?ok [0-9]+ - /, "", name)
	directive = reason = ""
	if ((i = match(name, / # (SKIP|TODO)/)) > 0) {
		directive = substr(name, i + 3, 4)
		reason = substr(name, i + 8)
		name = substr(name, 1, i - 1)
	}
	points++
	came[name] = 1
}

function did_not_run(name) {
	test_case(name, element("error", "this point did not run: " gave_up, "error"))
}

/^(not )?ok [0-9]+ - / { begin_point(); next }
/^  (---|[.][.][.])$/ { key = ""; next }
/^  / && name != "" {
	block = block (block == "" ? "" : "\n") $0
	if (match($0, /^  [a-z_]+: /)) {
		key = substr($0, 3, RLENGTH - 4)
		text = substr($0, RLENGTH + 1)
		field[key] = text == "|" ? "" : unquote(text)
	} else if (key != "") {
		field[key] = field[key] (field[key] == "" ? "" : "\n") substr($0, 5)
	}
	next
}
{ finish() }
/^1[.][.][0-9]/ { plan = substr($1, 4); sub(/[^0-9].*/, "", plan) }
/^Bail out!/ { gave_up = substr($0, 11); sub(/^ */, "", gave_up); bailed = 1 }
/^# target: / { target = substr($0, 11) }
/^# core: / { core = substr($0, 9) }

END {
	finish()
	if (!bailed && points + 0 != plan + 0 || plan == "" && !bailed) {
		gave_up = points + 0 " points came, " (plan == "" ? "not" : plan) " were planned"
		bailed = 1
	}
	while (planned != "" && (getline line <planned) > 0) {
		n = split(line, words, "\t")
		if (n > 1) {
			time[words[1]] = words[2]
			total += words[2]
		}
		if (words[1] in came)
			continue
		did_not_run(words[1])
		missing++
	}
	if (bailed && !missing)
		did_not_run("vmxcheck/run")
	counts = attribute("name", "vmxcheck") attribute("tests", tests + 0) \
		attribute("failures", count["failure"] + 0) \
		attribute("errors", count["error"] + 0) \
		attribute("skipped", count["skipped"] + 0)
	if (total > 0)
		counts = counts attribute("time", sprintf("%.4f", total))
	print "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
	print "<testsuites" counts ">"
	print "<testsuite" counts ">"
	printf "<properties>%s%s%s</properties>\n",
		platform == "" ? "" : property("platform", platform),
		property("target", target == "" ? "?" : target),
		core == "" ? "" : property("core", core)
	for (i = 1; i <= tests; i++)
		print cases[i] (tested[i] in time ? attribute("time", time[tested[i]]) : "") inner[i]
	print "</testsuite>"
	print "</testsuites>"
}
