/* Words chosen in a law's text are copied with their citation: by a button, or the key c. Without this the words alone
   are copied, and how the page is cited stands at its end. */
"use strict";

// A button beside each form in which a page is cited, which copies it. Without this the words can be selected.
for (const section of document.querySelectorAll("[data-copy-word]")) {
  if (!navigator.clipboard) break;
  for (const form of section.querySelectorAll("[data-copy]")) {
    const words = form.textContent.trim();
    const named = form.closest("dd")?.previousElementSibling ?? form.closest("details").querySelector("summary");
    const name = form.parentElement.getAttribute("aria-label") ?? named.textContent;
    const button = document.createElement("button");
    const label = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word}: ${name}`);
    };
    button.type = "button";
    button.className = "no-print";
    button.setAttribute("aria-live", "polite");
    label(section.dataset.copyWord);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(words);
        label(section.dataset.copiedWord);
        setTimeout(() => label(section.dataset.copyWord), 2000);
      } catch {
        getSelection().selectAllChildren(form);
      }
    });
    form.after(" ", button);
  }
}

const area = document.querySelector("[data-copying]");
if (area) {
  const canonical = (document.querySelector("link[rel=canonical]") || location).href;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-words no-print";
  button.hidden = true;
  button.setAttribute("aria-keyshortcuts", "c");
  const announcement = document.createElement("p");
  announcement.className = "sr";
  announcement.setAttribute("role", "status");
  document.body.append(button, announcement);

  const UNSAID = ".sr, .ref, .tools, .remark, .clause-questions, details, svg, .side-label";
  const element = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node);
  const spoken = (node) => {
    const copy = node.cloneNode(true);
    for (const part of copy.querySelectorAll(UNSAID)) part.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  // The name of a clause on the page of a text: its article's heading, and its own number.
  function nameOf(clause) {
    const all = [...area.querySelectorAll(".clause")];
    const before = all.slice(0, all.indexOf(clause) + 1).reverse();
    const headed = before.find((one) => one.querySelector(".heading"));
    const number = headed === clause ? null : clause.querySelector(".hang, .run-in");
    const heading = headed ? headed.querySelector(".heading") : document.querySelector("h1");
    return [spoken(heading), number ? spoken(number) : ""].filter(Boolean).join(" ");
  }

  // Where the words stand: the clause's name, the text's, and the lasting address.
  function place(range) {
    const start = element(range.startContainer), end = element(range.endContainer);
    const row = start.closest(".row");
    if (row) {
      const side = start.closest(".old") ? "Old" : "New";
      const heading = row.querySelector(side === "Old" ? ".old .heading" : ".new .heading");
      const url = new URL(area.dataset[`at${side}`], canonical);
      const eid = [...row.querySelectorAll(".row-menu a")].map((link) => link.pathname.replace(/^\/km\//, "/"))
        .find((path) => path.startsWith(url.pathname));
      if (eid) url.pathname = eid;
      return [spoken(heading || row.querySelector("h3")), area.dataset[`text${side}`], url];
    }
    const clauses = [start, end].map((one) => one.closest(".clause")).filter(Boolean);
    if (!clauses.length) return null;
    const names = [...new Set(clauses.map(nameOf))];
    const url = new URL(area.dataset.at, canonical);
    const eid = clauses[0].id || (clauses[0].querySelector("[data-eid]") || { dataset: {} }).dataset.eid;
    if (eid) url.pathname += `${eid}/`;
    return [names.join(" – "), area.dataset.text, url];
  }

  function chosen() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = element(range.startContainer);
    if (!area.contains(start) || !start.closest(".law")) return null;
    const part = document.createElement("div");
    part.append(range.cloneContents());
    const gone = start.closest(".row") ? (start.closest(".old") ? ", ins" : ", del") : "";
    for (const one of part.querySelectorAll(UNSAID + gone)) one.remove();
    const lines = part.querySelector("p") ? [...part.querySelectorAll("p, h2, h3, h4")] : [part];
    const words = lines.map((line) => line.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).join("\n");
    const source = words && place(range);
    return source && `“${words}”\n— ${source[0]}, ${source[1]}\n${source[2].href}`;
  }

  // The words go through the event of copying, which asks for no permission and needs no secure connection.
  function copy() {
    const words = chosen();
    if (!words) return;
    const put = (event) => {
      event.clipboardData.setData("text/plain", words);
      event.preventDefault();
    };
    document.addEventListener("copy", put, { once: true });
    const isDone = document.execCommand("copy");
    document.removeEventListener("copy", put);
    button.textContent = isDone ? area.dataset.copied : area.dataset.copying;
    announcement.textContent = isDone ? area.dataset.copied : "";
  }

  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.hidden = !chosen();
      button.textContent = area.dataset.copying;
    }, 200);
  });
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the choice stays
  button.addEventListener("click", copy);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || button.hidden) return;
    if (!/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) copy();
  });
}
