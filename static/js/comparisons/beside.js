/* Shows a third text beside a row in place, where its link leads to a page of its own. Nothing depends on it. */
"use strict";

for (const link of document.querySelectorAll(".beside a")) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const line = link.closest(".beside");
    const open = line.nextElementSibling;
    if (open && open.matches(".third")) open.remove();
    for (const other of line.querySelectorAll("[aria-expanded]")) {
      if (other !== link) other.removeAttribute("aria-expanded");
    }
    if (link.getAttribute("aria-expanded")) return void link.removeAttribute("aria-expanded");
    const answer = await fetch(link.href).catch(() => null);
    if (!answer || !answer.ok) return void location.assign(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const third = page.getElementById("beside");
    third.removeAttribute("id");
    third.tabIndex = -1;
    line.after(third);
    link.setAttribute("aria-expanded", "true");
    third.focus({ preventScroll: true });
  });
}
