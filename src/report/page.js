"use strict";
/* The page is whole without this script: it searches, filters, sorts, opens and closes. */
(() => {
	const root = document.documentElement;
	const form = document.querySelector(".filters");
	const table = document.querySelector("table");
	const data = JSON.parse(document.getElementById("data").textContent);
	const words = (values) => values.filter((v) => v !== null && v !== undefined && v !== "");

	/* Which records are the table's rows, and what each can be filtered by. */
	const pages = {
		plan: ["flow", (r, body) => ({
			installation: words(r.installations),
			zone: words([r.from_zone, r.to_zone]),
			device: words([r.from_device, ...(r.path || []), r.to_device]),
			level: [body.className.replace("flow ", "")],
			kind: [r.kind === "forbidden" ? "must stay closed" : "needed"],
		})],
		run: ["verdict", (r) => ({
			verdict: [r.verdict],
			installation: [r.installation],
			level: [r.level],
			turn: words([r.turn?.who]),
			device: words([r.turn?.device]),
			changed: words([r.changed]),
		})],
	};
	const [kind, facets] = pages[data.record];
	const records = data.records.filter((r) => r.record === kind);
	const flows = Array.from(table.tBodies, (body, i) => ({
		body,
		order: i,
		text: body.textContent.toLowerCase(),
		...facets(records[body.dataset.record ?? i], body),
	}));

	/* --- filters --- */
	const selects = Array.from(form.querySelectorAll("select"));
	for (const select of selects) {
		const values = new Set(flows.flatMap((f) => f[select.name]));
		for (const value of Array.from(values).sort()) {
			select.add(new Option(value, value));
		}
		/* Nothing to choose: every flow has the same one, or none has any. */
		const useless = values.size === 0 || (values.size === 1 && flows.every((f) => f[select.name].length));
		select.parentElement.style.display = useless ? "none" : "";
	}
	const show = () => {
		const asked = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const f of flows) {
			const wanted = selects.every((s) => s.value === "" || f[s.name].includes(s.value)) &&
				asked.every((word) => f.text.includes(word));
			f.body.hidden = !wanted;
			shown += wanted ? 1 : 0;
		}
		form.querySelector("output").textContent = `${shown} of ${flows.length} shown`;
	};
	form.addEventListener("input", show);
	form.addEventListener("submit", (event) => event.preventDefault());

	/* --- order --- */
	const keyOf = (f, key) => {
		const cell = f.body.querySelector(`td.${key}`);
		return cell.dataset.sort || cell.textContent;
	};
	const sort = (key, down) => {
		const sign = down ? -1 : 1;
		flows.sort((a, b) => sign * keyOf(a, key).localeCompare(keyOf(b, key), "en", { numeric: true }) ||
			a.order - b.order);
		table.append(...flows.map((f) => f.body));
		for (const button of table.tHead.querySelectorAll("button")) {
			const mine = button.dataset.key === key;
			button.parentElement.setAttribute("aria-sort", mine ? (down ? "descending" : "ascending") : "none");
		}
	};
	table.tHead.addEventListener("click", (event) => {
		const button = event.target.closest("button");
		if (button) {
			sort(button.dataset.key, button.parentElement.getAttribute("aria-sort") === "ascending");
		}
	});

	/* --- details --- */
	const open = (f, yes) => {
		f.body.classList.toggle("open", yes);
		f.body.querySelector("button").setAttribute("aria-expanded", String(yes));
	};
	table.addEventListener("click", (event) => {
		const body = event.target.closest("tbody");
		if (body && !event.target.closest(".more") && !String(getSelection())) {
			open(flows.find((f) => f.body === body), !body.classList.contains("open"));
		}
	});
	form.elements.open.addEventListener("click", () => {
		const yes = !flows.every((f) => f.body.hidden || f.body.classList.contains("open"));
		flows.forEach((f) => open(f, yes));
		form.elements.open.textContent = yes ? "close all" : "open all";
	});

	/* --- the rest --- */
	form.elements.data.addEventListener("click", () => {
		const link = document.createElement("a");
		link.href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 1)], { type: "application/json" }));
		link.download = `${data.record}.json`;
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 1000);
	});
	form.elements.theme.addEventListener("click", () => {
		const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
		root.dataset.theme = now === "dark" ? "light" : "dark";
	});
	root.classList.add("js");
	if (table.dataset.by) {
		sort(table.dataset.by, false);
	}
	show();
})();
