/* The second text follows the first: the texts of its law come first, and the next one is chosen. */
"use strict";

{
  const [old, other] = ["old", "new"].map((name) => document.querySelector(`select[name=${name}]`));

  function follow(choose) {
    const text = [...other.options].find((option) => option.value === old.value);
    if (!text) return;
    other.prepend(text.parentElement);
    const ofLaw = [...text.parentElement.children], at = ofLaw.indexOf(text);
    const next = ofLaw[at + 1] || ofLaw[at - 1];
    if (choose && next) other.value = next.value;
  }

  if (old && other) {
    old.addEventListener("change", () => follow(true));
    follow(false);
  }
}
