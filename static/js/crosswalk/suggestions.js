/* Keys for the list of suggestions: j and k go from one to the next, y confirms as filled in, n refuses, N goes to the
   button that refuses the group in which one stands. u takes back:
   where the page has a form for the last decision that one, wherever one stands, else what was decided in the row.
   The forms do all of it without this. */
"use strict";

{
  const items = [...document.querySelectorAll("[data-suggestion]")];
  const hint = document.querySelector("[data-keys]");
  if (hint && items.length) hint.hidden = false;

  let place = items.findIndex((item) => `#${item.id}` === location.hash);

  function go(to) {
    if (!items.length) return;
    place = Math.max(0, Math.min(to, items.length - 1));
    items[place].focus();
    items[place].scrollIntoView({ block: "center" });
  }

  function formFor(key) {
    const last = document.querySelector("form[data-undo-last]");
    if (key === "u" && last) return last;
    return items[place] && items[place].querySelector(`form[data-key="${key}"]`);
  }

  function send(key) {
    const form = formFor(key);
    if (!form || form.dataset.sent) return;
    const fold = form.closest("details");
    if (fold) fold.open = true; // what does not fit is said beside the field, which must be seen
    if (form.reportValidity()) {
      form.dataset.sent = "1"; // a key held down sends once
      form.requestSubmit();
    }
  }
  // A page that the browser shows again from its memory takes keys again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  if (place >= 0) go(place);
  for (const [number, item] of items.entries()) item.addEventListener("focusin", () => { place = number; });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "j") go(place + 1);
    if (event.key === "k") go(place - 1);
    if ("yn".includes(event.key) && place < 0) go(0); // first one sees on what
    else if ("ynu".includes(event.key)) send(event.key);
    const section = (items[place] && items[place].closest("section")) || document;
    const group = section.querySelector("form[data-group]") || document.querySelector("form[data-group]");
    if (event.key === "N" && group) {
      group.closest("details").open = true;
      group.querySelector("button").focus();
    }
  });
}
