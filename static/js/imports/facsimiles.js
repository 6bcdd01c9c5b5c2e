/* The place of a clause lit on the image of its page, as one moves through the clauses; plus and minus change the size.
   Without it each clause has links to its pages, and the size is chosen by the buttons above them. */
"use strict";

{
  const pane = document.querySelector(".facsimile-pane");
  const zooms = [...document.querySelectorAll("[data-facsimiles] input[name=zoom]")];

  // The pane alone is moved, never the page; what is in view already stays where it is.
  function show(box) {
    const frame = pane.getBoundingClientRect(), place = box.getBoundingClientRect();
    const isSeen = place.top >= frame.top && Math.min(place.bottom, place.top + frame.height / 2) <= frame.bottom
      && place.left < frame.right && place.right > frame.left;
    if (isSeen) return;
    pane.scrollTop += place.top - frame.top - frame.height / 5;
    pane.scrollLeft += Math.min(place.left - frame.left - 8, 0) || Math.max(place.left - frame.right + 40, 0);
  }

  function light(key) {
    for (const lit of pane.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    const boxes = pane.querySelectorAll(`[data-box="${CSS.escape(key)}"]`);
    for (const box of boxes) box.classList.add("is-lit");
    if (boxes.length) show(boxes[0].querySelector("rect"));
  }

  function zoom(by) {
    const now = zooms.findIndex((one) => one.checked);
    const next = zooms[Math.min(Math.max(now + by, 0), zooms.length - 1)];
    if (next) next.checked = true;
    const lit = pane.querySelector(".is-lit rect");
    if (lit) show(lit);
  }

  if (pane) {
    const rowOf = (event) => event.target.closest && event.target.closest("[data-row]");
    for (const name of ["focusin", "mouseover"]) {
      document.addEventListener(name, (event) => {
        const row = rowOf(event);
        if (row) light(row.dataset.row);
      });
    }
    pane.addEventListener("click", (event) => {
      const box = event.target.closest("[data-box]");
      const row = box && document.getElementById(`c-${box.dataset.box}`);
      if (!row) return;
      event.preventDefault();
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "center" });
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      if (event.key === "+" || event.key === "-") { event.preventDefault(); zoom(event.key === "+" ? 1 : -1); }
    });
    const first = document.querySelector("[data-row]:target") || document.activeElement.closest("[data-row]");
    if (first) light(first.dataset.row);
  }
}
