/* Keys for what was carried, for the row with the focus or the first in sight: one decision a key, j and k to the next
   and back. The forms do all of it without this. */
"use strict";

{
  const rows = [...document.querySelectorAll("[data-carried]")];
  const hint = document.querySelector("[data-keys]");
  const live = document.querySelector("[data-live]");
  const messages = document.querySelector(".messages");
  if (rows.length) for (const one of [hint, ...document.querySelectorAll(".key")]) if (one) one.hidden = false;
  // What the page says on loading is often missed by those who listen: it is repeated once they listen.
  if (live && messages) setTimeout(() => { live.textContent = messages.textContent; }, 300);

  function go(place) {
    const row = rows[Math.max(0, Math.min(place, rows.length - 1))];
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }

  // Whether the head of a row, and its buttons, can be read now.
  function isInSight(row) {
    const box = row.getBoundingClientRect();
    return box.top >= 0 && Math.min(box.bottom, box.top + 120) <= innerHeight;
  }

  const named = rows.findIndex((row) => `#${row.id}` === location.hash);
  if (named >= 0) go(named);

  let sent = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || sent) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "u" && !rows.length) document.querySelector('[data-key="u"]')?.click();
    if (!rows.length) return;
    const focused = rows.findIndex((row) => row.contains(event.target));
    // Where no row has the focus, the keys are for the first one in sight; one out of sight is shown before.
    const place = focused >= 0 ? focused : Math.max(rows.findIndex(isInSight), 0);
    if (event.key === "j") go(focused < 0 ? place : place + 1);
    else if (event.key === "k") go(focused < 0 ? place : place - 1);
    else if (focused < 0 && event.key !== "u" && !isInSight(rows[place])) {
      if (/^[yswexan]$/.test(event.key)) go(place);
    }
    else if (/^[yswexanu]$/.test(event.key)) {
      const within = event.key === "u" ? document : rows[place];
      const control = within.querySelector(`[data-key="${event.key}"]`);
      if (!control || control.disabled) return;
      sent = true; // a key held down decides once
      control.click();
    }
  });
  // A page that the browser shows again from its memory takes keys again.
  window.addEventListener("pageshow", () => { sent = false; });
}
