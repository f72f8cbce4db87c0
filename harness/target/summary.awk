# SPDX-License-Identifier: GPL-2.0
# awk -v kind=KIND -f summary.awk RESULTS.TAP: the points that failed, one line each, those
# of known errata before the others, and how many there are of each outcome. KIND is the
# kind of core of a hybrid processor, or empty.

function point(text) {
	sub(/^(not )?ok [0-9]+ - /, "", text)
	return text
}

function remember(outcome, text) {
	count[outcome]++
	lines[outcome] = lines[outcome] text "\n"
}

function finish() {
	if (failed != "")
		remember("failed", "failed: " failed (message == "" ? "" : ": " message))
	failed = message = ""
}

BEGIN {
	on = kind == "" ? "" : " on " kind
}

/^(not )?ok / { finish(); points++ }
/^ok .* # TODO / {
	failed = point($0)
	sub(/ # TODO .*/, "", failed)
	failed = failed on
	message = "it passed, but is listed as wrong"
	next
}
/^ok .* # SKIP/ { count["skipped"]++; next }
/^ok / { count["passed"]++ }

# "# TODO known erratum ADL002: what it does: what is right"
/^not ok .* # TODO / {
	name = reason = point($0)
	sub(/ # TODO .*/, "", name)
	sub(/.* # TODO /, "", reason)
	if (reason ~ /^known erratum [^ :]+:/)
		sub(/:.*/, "", reason)
	else
		reason = "known deviation: " reason
	remember("known", name on ": " reason)
	next
}
/^not ok / { failed = point($0) on }
/^  message: / && failed != "" {
	message = $0
	sub(/^  message: /, "", message)
	gsub(/^"|"$/, "", message)
}
/^1[.][.]/ { plan = substr($1, 4) }
/^Bail out!/ { finish(); gave_up = $0 }

END {
	finish()
	printf "%s%s", lines["known"], lines["failed"]
	if (gave_up != "")
		print "gave up" on ": " substr(gave_up, 11)
	else if (points != plan + 0)
		printf "%d points came%s, %d were planned\n", points, on, plan
	printf "%s%d passed, %d failed, %d skipped", kind == "" ? "" : kind ": ",
		count["passed"], count["failed"], count["skipped"]
	if (count["known"])
		printf ", %d known", count["known"]
	print ""
}
