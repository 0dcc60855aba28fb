# The share of statements that tests cover, of a profile of Go's: by package, by tree, and of everything. A block that
# several programs have is one. -v module=… is the module's path.
/^mode:/ { next }
{
	statements[$1] = $2
	if ($3 > 0) covered[$1] = 1
}

function add(sums, hits, name, block) {
	sums[name] += statements[block]
	if (block in covered) hits[name] += statements[block]
}

function show(sums, hits, name) {
	for (name in sums)
		printf "%5.1f %% %6d of %6d  %s\n", 100 * hits[name] / sums[name], hits[name], sums[name], name | "sort -k 6"
	close("sort -k 6")
	print ""
}

END {
	for (block in statements) {
		package = substr(block, length(module) + 2)
		sub(/\/[^\/]*$/, "", package)
		add(of_package, hit_package, package, block)
		if (package ~ /^cmd\/fcpipe(\/|$)/) tree = "cmd/fcpipe/..."
		else if (package ~ /^sync\/simulator(\/|$)/) tree = "sync/simulator/..."
		else {
			tree = package
			sub(/\/.*/, "", tree)
			tree = tree "/..." (tree == "cmd" ? " but cmd/fcpipe" : tree == "sync" ? " but sync/simulator" : "")
		}
		add(of_tree, hit_tree, tree, block)
		add(of_all, hit_all, "everything", block)
	}
	show(of_package, hit_package)
	show(of_tree, hit_tree)
	show(of_all, hit_all)
}
