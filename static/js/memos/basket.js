/* "+ memo" without leaving the page. Without this the form is sent and the page comes back at the row. */
"use strict";

{
  const form = document.getElementById("to-memo");
  const said = form.querySelector(".basket");
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    if (button.ariaBusy === "true") return; // pressed twice, it is added once
    const asked = { method: "POST", body: new FormData(form, button), headers: { "X-Requested-With": "fetch" } };
    button.ariaBusy = "true"; // not disabled, which would take the focus away
    button.after(said); // so that Tab leads from the button to the memo
    const answer = await fetch(form.action, asked).catch(() => null);
    button.ariaBusy = "false";
    if (!answer || !answer.ok || answer.redirected) { // the page itself says what is wrong
      const part = document.createElement("input");
      form.append(Object.assign(part, { type: "hidden", name: "part", value: button.value }));
      form.submit();
      return;
    }
    said.innerHTML = await answer.text();
    button.classList.add("is-in");
  });
}
