/* Aids to reading: the contents follow the text, n and p go from change to change, and another language opens at the
   same place. Nothing depends on them. */
"use strict";

{
  // Links of this page to places in it, by place: the contents of a version, the strip of a comparison.
  const links = new Map();
  const changes = [...document.querySelectorAll(".rail ol a[data-change]")];
  const steps = document.querySelector(".steps");
  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
  for (const link of document.querySelectorAll(".toc a, .rail ol a")) {
    const isHere = link.pathname + link.search === location.pathname + location.search;
    if (isHere && target(link) && !links.has(target(link))) links.set(target(link), link);
  }

  let now = null, place = -1, stepped = 0;

  function mark(link) {
    if (now) now.removeAttribute("aria-current");
    now = link;
    now.setAttribute("aria-current", "true");
    const box = now.closest(".toc, .rail");
    const at = now.getBoundingClientRect(), frame = box.getBoundingClientRect();
    // Whoever goes through the links by keyboard keeps the one with the focus in sight.
    const isOutside = at.top < frame.top || at.bottom > frame.bottom;
    if (isOutside && !box.querySelector(":focus-visible")) box.scrollTop += at.top - frame.top - frame.height / 3;
    if (changes.includes(now)) place = changes.indexOf(now);
    const words = steps && steps.querySelector("[data-count]");
    // In the reader's digits, as the server writes them.
    const numberingSystem = document.documentElement.lang === "km" ? "khmr" : "latn";
    const inDigits = (n) => n.toLocaleString("en", { numberingSystem, useGrouping: false });
    if (!words || place < 0) return;
    words.textContent = words.dataset.count
      .replace("%n", inDigits(place + 1))
      .replace("%all", inDigits(changes.length));
  }

  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target);
    const first = [...links.keys()].find((one) => seen.has(one));
    // What a step led to stays marked, even where a short row leaves the next one in sight.
    if (first && links.get(first) !== now && Date.now() - stepped > 500) mark(links.get(first));
  }, { rootMargin: "-12% 0px -55% 0px" });
  for (const one of links.keys()) watch.observe(one);

  // The cells of the strip are the way, over the pages of a comparison too.
  function step(by) {
    let to = place + by;
    if (place < 0) {
      // Nothing was reached yet: the first change of this page, or the last one before it.
      const here = changes.findIndex((link) => target(link));
      to = by > 0 ? Math.max(here, 0) : here < 0 ? changes.length - 1 : here - 1;
    }
    const link = changes[to];
    if (!link) return;
    stepped = Date.now();
    link.click();
    const row = target(link);
    if (row) row.focus({ preventScroll: true });
    mark(link);
  }

  for (const tongue of document.querySelectorAll("a.tongue")) {
    tongue.addEventListener("click", () => {
      const place = now ? now.hash : location.hash;
      if (place.length < 2) return;
      const page = encodeURIComponent(location.pathname + location.search);
      const prefix = document.documentElement.lang === "km" ? "/km" : "";
      tongue.href = `${prefix}/in/${tongue.hreflang}/?page=${page}&at=${place.slice(1)}`;
    });
  }

  if (steps && changes.length) {
    const asked = location.hash && changes.find((link) => link.hash === location.hash);
    if (asked) { stepped = Date.now(); mark(asked); }
    for (const button of steps.querySelectorAll("[data-step]")) {
      button.addEventListener("click", (event) => { event.preventDefault(); step(Number(button.dataset.step)); });
    }
    document.addEventListener("keydown", (event) => {
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      if (event.key === "n") step(1);
      if (event.key === "p") step(-1);
    });
  }
}
