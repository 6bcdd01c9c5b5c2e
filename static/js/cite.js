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
