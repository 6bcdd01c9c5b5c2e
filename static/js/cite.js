// A button beside each form in which a page is cited, which copies it. Without this the words can be selected.
for (const section of document.querySelectorAll("[data-copy-word]")) {
  if (!navigator.clipboard) break;
  for (const form of section.querySelectorAll("[data-copy]")) {
    const words = form.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "no-print";
    button.textContent = section.dataset.copyWord;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(words);
        button.textContent = section.dataset.copiedWord;
        setTimeout(() => { button.textContent = section.dataset.copyWord; }, 2000);
      } catch {
        getSelection().selectAllChildren(form);
      }
    });
    button.setAttribute("aria-live", "polite");
    form.after(" ", button);
  }
}
