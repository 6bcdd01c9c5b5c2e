/* Two aids to the form of an annotation: choosing words in the clause, by mouse, finger or keys; and clauses of other
   laws found while one types. The form does all of it without this. */
"use strict";

{
  const source = document.querySelector("[data-clause-text]");
  const [exact, start, whole] = ["exact", "start", "whole"].map((name) => document.querySelector(`[name=${name}]`));
  const text = source.dataset.clauseText;
  // Offsets of the stored text count code points; here strings count UTF-16 units.
  const points = (words) => Array.from(words).length;

  if (text && Intl.Segmenter) {
    const box = document.createElement("div");
    box.className = "words-to-choose";
    box.lang = source.lang;
    box.setAttribute("role", "group");
    const status = document.createElement("p");
    status.className = "picker-status";
    status.setAttribute("role", "status");
    const label = document.createElement("p");
    label.id = "picker-label";
    label.lang = document.documentElement.lang;
    label.className = "helptext";
    label.textContent = source.dataset.help;
    box.setAttribute("aria-label", source.dataset.choose);
    box.setAttribute("aria-describedby", label.id);

    // A word keeps the stops and brackets that stand against it.
    const pieces = [];
    const segmenter = new Intl.Segmenter(source.lang, { granularity: "word" });
    for (const { segment, index, isWordLike } of segmenter.segment(text)) {
      const last = pieces[pieces.length - 1];
      const begins = isWordLike || !last || /\s$/.test(last.text) !== /\s/.test(segment);
      if (begins) pieces.push({ text: segment, at: index, isWord: isWordLike });
      else last.text += segment;
    }
    const words = [];
    for (const piece of pieces) {
      if (/^\s*$/.test(piece.text)) { box.append(piece.text); continue; }
      const button = document.createElement("span"); // the words of a button cannot be selected
      button.setAttribute("role", "button");
      button.textContent = piece.text;
      button.tabIndex = words.length ? -1 : 0;
      button.setAttribute("aria-pressed", "false");
      words.push({ button, from: piece.at, to: piece.at + piece.text.length });
      box.append(button);
    }
    let first = null, last = null;

    function show() {
      const [from, to] = first === null ? [1, 0] : [Math.min(first, last ?? first), Math.max(first, last ?? first)];
      words.forEach(({ button }, number) => {
        const isChosen = number >= from && number <= to;
        button.classList.toggle("is-chosen", isChosen);
        button.setAttribute("aria-pressed", String(isChosen));
      });
      if (first === null) { status.textContent = ""; return; }
      const chosen = text.slice(words[from].from, words[to].to).trim();
      status.textContent = (last === null ? source.dataset.first : source.dataset.chosen).replace("%w", () => chosen);
      exact.value = chosen;
      const rest = text.slice(words[from].from);
      start.value = points(text.slice(0, words[from].from + rest.length - rest.trimStart().length));
      if (whole) whole.checked = false;
    }

    function choose(number) {
      if (first === null || last !== null) { first = number; last = null; } else last = number;
      show();
    }

    function go(number) {
      const to = words[Math.max(0, Math.min(number, words.length - 1))];
      words.forEach(({ button }) => { button.tabIndex = button === to.button ? 0 : -1; });
      to.button.focus();
    }

    const numberOf = (button) => words.findIndex((word) => word.button === button);
    box.addEventListener("click", (event) => {
      const at = numberOf(event.target);
      if (at >= 0) { choose(at); go(at); }
    });
    box.addEventListener("keydown", (event) => {
      const at = numberOf(event.target);
      if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const steps = {
        ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + 8, ArrowUp: at - 8, Home: 0, End: words.length - 1,
      };
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(at); }
      if (event.key in steps) { event.preventDefault(); go(steps[event.key]); }
      if (event.key === "Escape") { first = last = null; exact.value = ""; start.value = ""; show(); }
    });
    // Words selected with the mouse, or by a long press, are chosen to their ends.
    let later = 0;
    document.addEventListener("selectionchange", () => {
      clearTimeout(later);
      later = setTimeout(() => {
        const selection = document.getSelection();
        if (selection.isCollapsed || !box.contains(selection.anchorNode) || !box.contains(selection.focusNode)) return;
        const inside = words.flatMap((word, number) => (selection.containsNode(word.button, true) ? [number] : []));
        if (inside.length) { [first, last] = [inside[0], inside[inside.length - 1]]; show(); }
      }, 200);
    });
    // What was chosen on the page, or before, is marked.
    const isPlaced = exact.value && start.value !== "";
    const before = isPlaced ? Array.from(text).slice(0, Number(start.value)).join("") : "";
    const from = isPlaced ? before.length : text.indexOf(exact.value);
    if (exact.value && from >= 0) {
      const to = from + exact.value.length;
      const inside = words.map((word, number) => [word, number]).filter(([word]) => word.to > from && word.from < to);
      if (inside.length) {
        const kept = [exact.value, start.value];
        [first, last] = [inside[0][1], inside[inside.length - 1][1]];
        show();
        [exact.value, start.value] = kept;
      }
    }
    if (whole) {
      whole.addEventListener("change", () => {
        if (whole.checked) { first = last = null; exact.value = start.value = ""; show(); }
      });
    }
    source.replaceChildren(label, box, status);
    // What does not stand in the clause is corrected by hand.
    const isElsewhere = exact.value && first === null;
    document.querySelector("[data-typed]").hidden = !isElsewhere && !document.querySelector("[data-typed] .errorlist");
    exact.addEventListener("input", () => { start.value = ""; first = last = null; show(); });
  }

  // Clauses of other laws, found while one types; a choice from the list is ticked at once.
  const address = document.querySelector("[data-clauses]")?.dataset.clauses;
  for (const picks of document.querySelectorAll("[data-picks]")) {
    const input = picks.querySelector("input[type=text]"), ticked = picks.querySelector("ul");
    const status = picks.querySelector("[data-added]");
    const list = document.createElement("datalist");
    list.id = `${input.id}_list`;
    input.after(list);
    input.setAttribute("list", list.id);
    let clauses = [], later = 0, asked = 0;

    function take(clause) {
      if (!ticked.querySelector(`input[value="${clause.id}"]`)) {
        const row = document.createElement("li"), label = document.createElement("label");
        const box = document.createElement("input");
        Object.assign(box, { type: "checkbox", name: picks.dataset.picks, value: clause.id, checked: true });
        label.append(box, ` ${clause.name}`);
        row.append(label);
        ticked.append(row);
      } else ticked.querySelector(`input[value="${clause.id}"]`).checked = true;
      status.textContent = status.dataset.added.replace("%w", () => clause.name);
      input.value = "";
      list.replaceChildren();
    }

    async function look() {
      const mine = ++asked, typed = input.value.trim();
      if (typed.length < 2 || typed.includes(";")) { list.replaceChildren(); return; }
      const answer = await fetch(`${address}?${new URLSearchParams({ q: typed })}`);
      if (!answer.ok || mine !== asked) return;
      clauses = (await answer.json()).clauses;
      const words = (clause) => (clause.heading ? `${clause.name} · ${clause.heading}` : clause.name);
      list.replaceChildren(...clauses.map((clause) => new Option(words(clause), clause.address)));
    }

    input.addEventListener("input", () => {
      const chosen = clauses.find((clause) => clause.address === input.value);
      clearTimeout(later);
      if (chosen) take(chosen);
      else later = setTimeout(look, 200);
    });
    input.addEventListener("keydown", async (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // never the whole form
      clearTimeout(later); // or the search begun while typing would supersede this one
      await look();
      if (clauses.length === 1) take(clauses[0]);
      else picks.querySelector("button[name=find]").click();
    });
  }
}
