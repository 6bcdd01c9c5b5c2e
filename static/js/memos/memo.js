/* Parts of a memo are put in order by dragging, or by Alt and an arrow key; the buttons do it without this. */
"use strict";

{
  const list = document.querySelector(".outline");
  const form = list.closest("form");
  let held = null;

  function send() {
    form.elements.order.value = [...list.children].map((part) => part.dataset.key).join(" ");
    form.requestSubmit();
  }

  for (const part of list.children) part.draggable = true;
  // Words of a field are selected by dragging too.
  list.addEventListener("pointerdown", (event) => {
    const part = event.target.closest("li");
    if (part) part.draggable = !event.target.closest("input, textarea");
  });
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    held.classList.add("is-held");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held) return;
    event.preventDefault();
    if (!over || over === held) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(held);
    else over.after(held);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => { if (held) send(); });
  list.addEventListener("keydown", (event) => {
    const by = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const button = by && event.target.closest("li").querySelector(`[name=${by}]`);
    if (button) { event.preventDefault(); button.click(); }
  });
  // Where a button moved a part, the keyboard goes on from it.
  document.getElementById(location.hash.slice(1))?.focus();
}
