/* Answers while one types. Without this the form does the same with its button. */
"use strict";

{
  const form = document.querySelector("form[data-live]");
  const box = form.elements.q, answers = document.getElementById("answers"), heard = document.getElementById("heard");
  let waiting = 0, asked = box.value.trim(), question = null;

  async function ask() {
    if (box.value.trim() === asked) return;
    asked = box.value.trim();
    if (question) question.abort();
    question = new AbortController();
    const { signal } = question;
    const words = new URLSearchParams(new FormData(form));
    const address = `${form.action}?${words}`;
    words.set("part", "answers");
    document.body.classList.add("is-asking");
    try {
      const response = await fetch(`${form.action}?${words}`, { signal, credentials: "same-origin" });
      answers.innerHTML = await response.text();
      history.replaceState(null, "", address);
      const shown = answers.querySelector("[data-heard], .notice");
      heard.textContent = shown ? shown.textContent : "";
      document.body.classList.remove("is-asking");
    } catch (error) {
      // An older question that a newer one overtook says nothing; without a network the button still works.
      if (error.name !== "AbortError") document.body.classList.remove("is-asking");
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}
