/* Two aids to reading: the contents follow the text, and n and p go from change to change. Nothing depends on them. */
"use strict";

// The entry of the contents, or the cell of the strip, for what is being read.
{
  const links = new Map();
  for (const link of document.querySelectorAll(".toc a, .strip a")) {
    const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (place && !links.has(place) && link.pathname + link.search === location.pathname + location.search) links.set(place, link);
  }
  let now = null;
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target);
    const first = [...links.keys()].find((place) => seen.has(place));
    if (!first || links.get(first) === now) return;
    if (now) now.removeAttribute("aria-current");
    now = links.get(first);
    now.setAttribute("aria-current", "true");
    const box = now.closest(".toc, .strip");
    const at = now.getBoundingClientRect(), frame = box.getBoundingClientRect();
    if (at.top < frame.top || at.bottom > frame.bottom) box.scrollTop += at.top - frame.top - frame.height / 3;
    tell();
  }, { rootMargin: "-15% 0px -55% 0px" });
  for (const place of links.keys()) watch.observe(place);

  // From change to change, over the pages of a comparison too: the cells of the strip are the way.
  const changes = [...document.querySelectorAll(".strip a[data-change]")];
  const steps = document.querySelector(".steps");
  let place = -1;

  function tell() {
    const at = changes.indexOf(now);
    if (at >= 0) place = at;
    const words = steps && steps.querySelector("[data-count]");
    if (words && place >= 0) words.textContent = words.dataset.count.replace("%n", place + 1).replace("%all", changes.length);
  }
  function step(by) {
    const next = place < 0 && by < 0 ? -1 : place + by;
    if (!changes[next]) return;
    place = next;
    changes[next].click();
    const row = document.getElementById(decodeURIComponent(changes[next].hash.slice(1)));
    if (row) row.focus({ preventScroll: true });
    tell();
  }
  if (steps && changes.length) {
    if (location.hash) place = changes.findIndex((link) => link.hash === location.hash);
    tell();
    for (const button of steps.querySelectorAll("[data-step]")) {
      button.addEventListener("click", (event) => { event.preventDefault(); step(Number(button.dataset.step)); });
    }
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      if (event.key === "n") step(1);
      if (event.key === "p") step(-1);
    });
  }
}
