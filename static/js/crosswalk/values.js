/* Words marked in the text go into the form, with the clause in which they stand. Typing them does the same. */
"use strict";

{
  const form = document.querySelector("[data-value-form]");
  document.addEventListener("words-chosen", (event) => {
    const { eid, exact, start } = event.detail;
    form.elements.quoted.value = exact;
    form.elements.place.value = eid === form.dataset.clause ? "" : eid;
    form.elements.start.value = start;
  });
  // Words typed since stand where the text has them.
  for (const name of ["quoted", "place"]) {
    form.elements[name].addEventListener("input", () => { form.elements.start.value = ""; });
  }
}
