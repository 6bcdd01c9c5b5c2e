/* Keys for what was carried, while the focus is in a row: one decision a key, j and k to the next and back.
   The forms do all of it without this. */
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

  const named = rows.findIndex((row) => `#${row.id}` === location.hash);
  if (named >= 0) go(named);

  let sent = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || sent) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const place = rows.findIndex((row) => row.contains(event.target));
    if (place < 0) return;
    if (event.key === "j") go(place + 1);
    else if (event.key === "k") go(place - 1);
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
