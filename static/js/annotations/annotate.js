/* Words chosen on a law's page lead to the form with those words filled in. Without this the form itself does it. */
"use strict";

{
  const text = document.querySelector("[data-annotate]");
  const button = document.createElement("a");
  button.className = "button primary annotate-words no-print";
  button.textContent = text.dataset.words;
  button.hidden = true;
  document.body.append(button);

  // Offsets of the stored text count code points; here strings count UTF-16 units.
  const length = (words) => Array.from(words).length;
  const inText = (node) => !node.parentElement.closest(".hang, .run-in, .sr, .ref");

  // The clause's text as stored, paragraphs joined by a newline, and where in it the range begins and ends.
  function locate(clause, range) {
    let all = "", start = null, end = null;
    clause.querySelectorAll("p").forEach((paragraph, number) => {
      if (number) all += "\n";
      const walk = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
      let begun = false;
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!inText(node)) continue;
        // The space after a number that runs into the line is not of the text.
        const runsIn = !begun && paragraph.querySelector(".hang, .run-in");
        const skipped = runsIn ? node.data.length - node.data.trimStart().length : 0;
        const words = node.data.slice(skipped);
        if (words) begun = true;
        if (start === null && range.comparePoint(node, node.length) >= 0) {
          start = all.length + (node === range.startContainer ? Math.max(range.startOffset - skipped, 0) : 0);
        }
        if (node === range.endContainer) end = all.length + Math.max(range.endOffset - skipped, 0);
        else if (range.comparePoint(node, node.length) <= 0) end = all.length + words.length;
        all += words;
      }
    });
    return start === null || end === null ? null : [all, start, end];
  }

  function offer() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const element = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node);
    const clause = element(range.startContainer).closest("[data-eid]");
    if (!clause || !text.contains(clause)) return;
    const place = locate(clause, range);
    if (!place) return;
    let [all, start, end] = place;
    while (start < end && /\s/.test(all[start])) start++;
    while (end > start && /\s/.test(all[end - 1])) end--;
    if (start === end) return;
    const chosen = { exact: all.slice(start, end), start: length(all.slice(0, start)) };
    document.dispatchEvent(new CustomEvent("words-chosen", { detail: { eid: clause.dataset.eid, ...chosen } }));
    if (!text.dataset.annotate) return; // a form on the page takes the words
    const query = new URLSearchParams(chosen);
    button.href = `${text.dataset.annotate}${clause.dataset.eid}/annotate/?${query}`;
    const box = range.getBoundingClientRect();
    button.hidden = false;
    button.style.setProperty("left", `${Math.max(8, Math.min(box.left + scrollX, innerWidth - 120))}px`);
    button.style.setProperty("top", `${box.bottom + scrollY + 8}px`);
  }

  // The button never leads to words that are still being chosen: it goes at once when they change,
  // and comes when they have rested and no mouse button is held.
  let timer = 0;
  let isDragging = false;
  function offerLater() {
    clearTimeout(timer);
    if (!isDragging) timer = setTimeout(offer, 200);
  }
  document.addEventListener("selectionchange", () => { button.hidden = true; offerLater(); });
  document.addEventListener("mousedown", () => { isDragging = true; clearTimeout(timer); });
  for (const end of ["mouseup", "dragend"]) document.addEventListener(end, () => { isDragging = false; offerLater(); });
  // A press on the button itself must not end the choice it was offered for.
  button.addEventListener("mousedown", (event) => { event.preventDefault(); event.stopPropagation(); });
}
